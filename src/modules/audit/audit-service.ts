import type { Context } from '../../context.ts'
import type { Tx } from '../../db.ts'
import { Prisma } from '../../generated/prisma/client.ts'

/** What can be recorded; the names of GitLab where it has one (contract/rules.md 13), ours elsewhere. */
export type AuditEventType =
  | 'release_created'
  | 'release_updated'
  | 'release_milestones_updated'
  | 'release_deleted_audit_event'
  | 'release_link_created'
  | 'release_link_updated'
  | 'release_link_deleted'
  | 'release_evidence_collected'
  | 'repository_tag_created'
  | 'group_created'
  | 'group_updated'
  | 'project_created'
  | 'project_updated'
  | 'member_created'
  | 'member_updated'
  | 'member_destroyed'
  | 'milestone_created'
  | 'milestone_updated'
  | 'issue_created'
  | 'issue_updated'
  | 'user_created'
  | 'access_token_created'
  | 'access_token_revoked'
  | 'job_token_created'
  | 'repository_pushed'
  | 'package_file_uploaded'
  | 'package_file_deleted'
  | 'package_deleted'
  | 'report_artifact_uploaded'
  | 'protected_tag_created'
  | 'protected_tag_updated'
  | 'protected_tag_deleted'
  | 'freeze_period_created'
  | 'freeze_period_updated'
  | 'freeze_period_deleted'

type AuditEvent = {
  type: AuditEventType
  /** Null: of an account. */
  scope: { projectId: number } | { groupId: number } | null
  target: { type: string; id: number; details: string }
  /** One sentence for people. */
  message: string
}

/** The statement that writes an event; `targetId` where only the statement itself will know it, with the tables it is `from`. */
export function insertAuditEvent(
  { viewer, requestId, ipAddress }: Context,
  { type, scope, target, message }: Omit<AuditEvent, 'target'> & { target: Omit<AuditEvent['target'], 'id'> },
  { targetId, from = Prisma.empty }: { targetId: Prisma.Sql; from?: Prisma.Sql },
): Prisma.Sql {
  const { projectId, groupId } = { projectId: null, groupId: null, ...scope }
  const authorName = viewer.user?.name ?? (viewer.operator ? 'operator' : 'pipeline')
  return Prisma.sql`
    INSERT INTO audit_events (event_type, author_id, author_name, project_id, group_id, target_type, target_id,
      target_details, message, ip_address, request_id)
    SELECT ${type}, ${viewer.user?.id ?? null}::int, ${authorName}, ${projectId}::int, ${groupId}::int, ${target.type},
      ${targetId}, ${target.details}, ${message}, ${ipAddress}, ${requestId} ${from}`
}

/** Written in the transaction of what it tells: there is no write without its event, and no event without its write. */
export async function recordAuditEvent(tx: Tx, context: Context, event: AuditEvent): Promise<void> {
  await tx.$executeRaw(insertAuditEvent(context, event, { targetId: Prisma.sql`${event.target.id}::int` }))
}
