import type { Origin } from '../context/context.ts'
import type { Tx } from '../database/db.ts'
import { jsonParameter } from '../database/json-parameter.ts'
import { Prisma } from '../generated/prisma/client.ts'

/** The types of events. They have GitLab's names (docs/contract/audit.md), or our own when GitLab has no such event. */
export type AuditEventType =
  | `${'group' | 'project' | 'milestone' | 'issue' | 'user' | 'member' | 'release'}_${'created' | 'updated'}`
  | `${'release_link' | 'release_draft' | 'protected_tag' | 'freeze_period' | 'webhook'}_${'created' | 'updated' | 'deleted'}`
  | `${'milestone' | 'issue'}_deleted`
  | `${'access_token' | 'session'}_${'created' | 'revoked'}`
  | `package_file_${'uploaded' | 'deleted'}`
  | `upload_${'created' | 'deleted'}`
  | `user_${'blocked' | 'unblocked' | 'destroyed'}`
  | `webhook_${'tested' | 'resent'}`
  | 'job_token_created'
  | 'member_destroyed'
  | 'package_deleted'
  | 'project_import_started'
  | `${'project' | 'group'}_${'deletion_marked' | 'restored'}`
  | 'release_deleted_audit_event'
  | 'release_evidence_collected'
  | 'release_milestones_updated'
  | 'report_artifact_uploaded'
  | 'repository_pushed'
  | 'repository_tag_created'

type AuditEvent = {
  type: AuditEventType
  /** Null for an event of an account. */
  scope: { projectId: number } | { groupId: number } | null
  target: { type: string; id: number; details: string }
  /** One sentence for people. */
  message: string
}

/** The columns of an event without its target's ID, as JSON for `insertAuditEvents`. */
export function auditEventValues(
  { viewer, requestId, ipAddress }: Origin,
  { type, scope, target, message }: Omit<AuditEvent, 'target'> & { target: Omit<AuditEvent['target'], 'id'> },
) {
  return {
    type,
    authorId: viewer.user?.id ?? null,
    authorName: viewer.user?.name ?? (viewer.credential === 'command_line' ? 'operator' : 'pipeline'),
    credential: viewer.credential,
    ...{ projectId: null, groupId: null, ...scope },
    targetType: target.type,
    targetDetails: target.details,
    message,
    ipAddress,
    requestId,
  }
}

/** The statement that writes events. `source` selects the values of each event as `event`, and its target's ID as `target_id`. */
export const insertAuditEvents = (source: Prisma.Sql): Prisma.Sql => Prisma.sql`
  INSERT /* auditEvents.insert */ INTO audit_events (event_type, author_id, author_name, credential, project_id, group_id, target_type, target_id,
    target_details, message, ip_address, request_id)
  SELECT e.type, e."authorId", e."authorName", e.credential, e."projectId", e."groupId", e."targetType", source.target_id,
    e."targetDetails", e.message, e."ipAddress", e."requestId"
  FROM (${source}) AS source, json_to_record(source.event) AS e (type text, "authorId" int, "authorName" text,
    credential "Credential", "projectId" int, "groupId" int, "targetType" text, "targetDetails" text, message text, "ipAddress" inet, "requestId" text)`

/** Records an event in the transaction of its write, so that neither exists without the other. */
export async function recordAuditEvent(tx: Tx, origin: Origin, event: AuditEvent): Promise<void> {
  const values = jsonParameter(auditEventValues(origin, event))
  await tx.$executeRaw(insertAuditEvents(Prisma.sql`SELECT ${values} AS event, ${event.target.id}::int AS target_id`))
}
