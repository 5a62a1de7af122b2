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

/** A tag that was made for a release comes before the release. */
export const queueEvents = (projectId: number) =>
  insertEvents(Prisma.sql`
    SELECT ${projectId}::int AS project_id, NULL::int AS group_id, 'tag_push_events'::text AS trigger, NULL::text AS branch,
      input.pushed AS source, input.cause
    FROM inserted JOIN input USING (tag) WHERE json_typeof(input.pushed) = 'object'
    UNION ALL
    SELECT ${projectId}::int, NULL, 'releases_events', NULL, ${eventSource}, input.cause FROM inserted JOIN input USING (tag)`)
