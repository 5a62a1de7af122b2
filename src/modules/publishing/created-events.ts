// The events for webhooks that the statement queues which inserts releases.
import { Prisma } from '../../generated/prisma/client.ts'
import { insertEvents, releaseSource } from '../webhooks/queue-events.ts'

const ofInput = (name: string) => Prisma.raw(`input."${name}"`)
const eventSource = releaseSource(
  Prisma.sql`'create'::text`,
  {
    ...{ id: Prisma.sql`inserted.id`, tag: ofInput('tag'), sha: ofInput('sha'), name: ofInput('name') },
    ...{ description: ofInput('description'), createdAt: ofInput('created_at'), releasedAt: ofInput('released_at') },
  },
  Prisma.sql`links`,
)

/** Takes the tags that were made for the releases out of their pushes. Locks in the order of the numbers, as others do. */
export const takeTags = Prisma.sql`
  DELETE FROM pending_pushes WHERE id IN (
    SELECT p.id FROM pending_pushes p JOIN input ON input.push = p.id JOIN inserted USING (tag) ORDER BY p.id FOR UPDATE OF p)
  RETURNING id`

/** A tag that was made for a release comes before the release. */
export const queueEvents = (projectId: number) =>
  insertEvents(Prisma.sql`
    SELECT ${projectId}::int AS project_id, NULL::int AS group_id, 'tag_push_events'::text AS trigger, NULL::text AS branch,
      input.pushed AS source, input.cause
    FROM pushes JOIN input ON input.push = pushes.id
    UNION ALL
    SELECT ${projectId}::int, NULL, 'releases_events', NULL, ${eventSource}, input.cause FROM inserted JOIN input USING (tag)`)
