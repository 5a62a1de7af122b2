// Queues events in the transaction of their cause: a row for each event that some webhook listens to, and a job that makes the
// deliveries. It is one statement, and it writes nothing where no webhook listens.
import type { Origin } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { addJobs } from '../../database/job-queue.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { currentTraceparent } from '../../foundation/tracing.ts'
import { type Milestone, Prisma } from '../../generated/prisma/client.ts'
import type { Trigger } from './webhook-events.ts'

/**
 * The condition that webhook `w` is told of event `e`. `p` is the project of the event, or `g` its group. Nobody reads the code of a
 * project whose repository is switched off, so nobody is told of its tags.
 */
export const listens = Prisma.sql`w.disabled_at IS NULL AND e.trigger = ANY (w.events)
  AND (e.trigger = 'milestone_events' OR p.repository_level <> 'disabled')
  AND (w.project_id = e.project_id OR w.group_id = ANY (coalesce(p.ancestor_ids, g.ancestor_ids)))`

export const withOwners = Prisma.sql`LEFT JOIN projects p ON p.id = e.project_id LEFT JOIN groups g ON g.id = e.group_id`

/**
 * The statement that writes events. `events` selects `project_id`, `group_id`, `trigger`, `branch`, `source` and `cause`, which is
 * null where nobody is to be told.
 */
export const insertEvents = (events: Prisma.Sql): Prisma.Sql => Prisma.sql`
  INSERT INTO webhook_events (project_id, group_id, trigger, branch, source, cause, span)
  SELECT e.project_id, e.group_id, e.trigger, e.branch, e.source, e.cause, ${currentTraceparent()}::text
  FROM (${events}) AS e ${withOwners}
  WHERE e.cause IS NOT NULL AND EXISTS (SELECT FROM webhooks w WHERE ${listens})
  RETURNING project_id, group_id`

/** The statement that adds their jobs: one for each project or group in `queued`, which has the rows of `insertEvents`. */
export const addEventJobs = (queued: Prisma.Sql): Prisma.Sql =>
  addJobs(
    'queue-webhooks',
    Prisma.sql`
      SELECT json_build_object('projectId', project_id, 'groupId', group_id) AS payload, NULL::timestamptz AS run_at, NULL::text AS key
      FROM (SELECT DISTINCT project_id, group_id FROM ${queued}) AS owners`,
  )

/** What names the request that caused an event. Null where nobody is to be told. */
export const causeOf = ({ requestId, tellsNobody }: Origin): string | null => (tellsNobody ? null : requestId)

async function queue(tx: Tx, events: Prisma.Sql): Promise<void> {
  await tx.$executeRaw`
    WITH /* webhooks.queue */ queued AS (${insertEvents(events)}) ${addEventJobs(Prisma.sql`queued`)}`
}

type ReleaseColumns = Record<'id' | 'tag' | 'sha' | 'name' | 'description' | 'createdAt' | 'releasedAt', Prisma.Sql>

/** What the body of a release's event is made of. `links` has the columns of the table of links. */
export const releaseSource = (action: Prisma.Sql, r: ReleaseColumns, links: Prisma.Sql): Prisma.Sql => Prisma.sql`
  json_build_object('action', ${action}, 'release', json_build_object('id', ${r.id}, 'tag', ${r.tag}, 'sha', ${r.sha},
      'name', ${r.name}, 'description', ${r.description}, 'createdAt', ${r.createdAt}, 'releasedAt', ${r.releasedAt}),
    'links', (SELECT coalesce(json_agg(json_build_object('id', l.id, 'linkType', l.link_type, 'name', l.name, 'url', l.url)
      ORDER BY l.id), '[]'::json) FROM ${links} l WHERE l.release_id = ${r.id}))`

const stored: ReleaseColumns = {
  ...{ id: Prisma.sql`r.id`, tag: Prisma.sql`r.tag`, sha: Prisma.sql`r.sha`, name: Prisma.sql`r.name` },
  ...{ description: Prisma.sql`r.description`, createdAt: Prisma.sql`r.created_at` },
  releasedAt: Prisma.sql`r.released_at`,
}

export const storedSource = (action: string): Prisma.Sql =>
  releaseSource(Prisma.sql`${action}::text`, stored, Prisma.sql`asset_links`)

type ReleaseEvent = { releaseId: number; action: 'update' | 'delete' | 'publish'; cause: string | null }

/** Queues what happens to a release, as the release is in the transaction. A deletion is queued before the release goes. */
export const queueReleaseEvent = (tx: Tx, { releaseId, action, cause }: ReleaseEvent): Promise<void> =>
  queue(
    tx,
    Prisma.sql`
      SELECT r.project_id, NULL::int AS group_id, ${action === 'publish' ? 'release_publish_events' : 'releases_events'}::text AS trigger,
        NULL::text AS branch, ${storedSource(action)} AS source, ${cause}::text AS cause
      FROM releases r WHERE r.id = ${releaseId}`,
  )

export type MilestoneAction = 'create' | 'close' | 'reopen' | 'delete'

type Row = { projectId: number | null; groupId: number | null; trigger: Trigger; branch: string | null; source: object }

const queueRows = (tx: Tx, origin: Origin, rows: readonly Row[]): Promise<void> =>
  queue(
    tx,
    Prisma.sql`
      SELECT "projectId" AS project_id, "groupId" AS group_id, trigger, branch, source, ${causeOf(origin)}::text AS cause
      FROM json_to_recordset(${jsonParameter(rows)})
        AS row ("projectId" int, "groupId" int, trigger text, branch text, source json)`,
  )

export function queueMilestoneEvent(tx: Tx, origin: Origin, milestone: Milestone, action: MilestoneAction) {
  const { projectId, groupId } = milestone
  const source = { action, milestone }
  return queueRows(tx, origin, [{ projectId, groupId, trigger: 'milestone_events', branch: null, source }])
}

/** A push that changes more tags tells of none, and so with branches. */
const MOST_REFS = 3

const BRANCHES = 'refs/heads/'
const TAGS = 'refs/tags/'

/** What a push has changed: a ref, and the objects that it names before and after. */
type Change = { ref: string; before: string; after: string }

export const newTag = (name: string, object: string): Change => ({
  ref: `${TAGS}${name}`,
  before: '0'.repeat(object.length),
  after: object,
})

/** What the body of a push is made of. */
export function pushSource({ viewer: { user } }: Origin, change: Change) {
  const by = user && { id: user.id, name: user.name, username: user.username, avatarUrl: user.avatarUrl }
  return { ...change, user: by }
}

/** Queues what a push has changed. */
export async function queuePushEvents(tx: Tx, origin: Origin, projectId: number, changes: readonly Change[]) {
  const kinds = [
    { trigger: 'push_events', prefix: BRANCHES },
    { trigger: 'tag_push_events', prefix: TAGS },
  ] as const
  const rows = kinds.flatMap(({ trigger, prefix }) => {
    const own = changes.filter(({ ref }) => ref.startsWith(prefix))
    if (own.length > MOST_REFS) return []
    return own.map((change) => ({
      ...{ projectId, groupId: null, trigger, source: pushSource(origin, change) },
      branch: trigger === 'push_events' ? change.ref.slice(prefix.length) : null,
    }))
  })
  if (rows.length > 0) await queueRows(tx, origin, rows)
}
