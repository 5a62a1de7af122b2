import { auditEventValues, insertAuditEvents } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { batchWrites } from '../../database/batching/batch-writes.ts'
import { db } from '../../database/db.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { type AssetLink, type LinkType, type Milestone, Prisma, type Project } from '../../generated/prisma/client.ts'
import { takenOver } from '../../idempotency/idempotency-service.ts'
import { heldKeys, isHeld, recordRows } from '../../idempotency/once.ts'
import { toSnakeCase } from '../../rows/columns.ts'
import { addAnnouncements, announcementOf } from '../announcements/announcement-schedule.ts'
import { linksByRelease, links as linkTable } from '../assets/asset-loaders.ts'
import type { LinkValues } from '../assets/link-rules.ts'
import { addEvidenceJobs, evidenceJobOf } from '../evidence/evidence-schedule.ts'
import { moveMark } from '../releases/latest-mark.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import { titleOf } from '../releases/release-title.ts'
import { addEventJobs, causeOf, newTag, pushSource } from '../webhooks/queue-events.ts'
import { queueEvents, takeTags } from './created-events.ts'
import { type DraftVersion, deleteDrafts, draftChanged, isDraftPresent, lockDrafts } from './published-drafts.ts'
import type { MadeTag } from './release-tag.ts'
import type { StoredValues } from './release-values.ts'

export const RELEASE_EXISTS = 'Release already exists'

export type NewRelease = {
  project: Project
  values: StoredValues
  links: readonly (LinkValues & { linkType: LinkType })[]
  milestones: readonly Milestone[]
  /** Whether a person marked it as the latest release of the project. */
  isLatest: boolean
  /** The draft that becomes this release. */
  draft: DraftVersion | null
  /** The tag, if it was made for the release. */
  madeTag: MadeTag | null
  /** False for an import, of which nobody is told. */
  announces: boolean
}

/** The columns of the values. The database fills the others. */
const filled: ReadonlySet<string> = new Set(['id', 'projectId', 'linksCount', 'updatedAt'])
const columns = Prisma.raw(
  Object.values(Prisma.ReleaseScalarFieldEnum)
    .filter((field) => !filled.has(field))
    .map(toSnakeCase)
    .join(', '),
)

type Insertion = NewRelease & { context: Context }

function eventOf({ context, project, values, milestones }: Insertion) {
  const titles = milestones.map(({ title }) => title).join(', ')
  return auditEventValues(context, {
    type: 'release_created',
    scope: { projectId: project.id },
    target: { type: 'Release', details: titleOf(values) },
    message: `Created release ${values.tag}${titles ? ` with milestones ${titles}` : ''}`,
  })
}

const inputOf = (insertion: Insertion) => ({
  release: Object.fromEntries(Object.entries(insertion.values).map(([field, value]) => [toSnakeCase(field), value])),
  links: insertion.links,
  isLatest: insertion.isLatest,
  draftId: insertion.draft?.id ?? null,
  draftVersion: insertion.draft?.version ?? null,
  milestones: insertion.milestones.map(({ id }) => id),
  event: eventOf(insertion),
  job: evidenceJobOf(insertion.values),
  announcement: insertion.announces ? announcementOf(insertion.values) : null,
  mark: insertion.context.steps?.mark() ?? null,
  cause: causeOf(insertion.context),
  push: insertion.madeTag?.push ?? null,
  pushed: insertion.madeTag && pushSource(insertion.context, newTag(insertion.values.tag, insertion.madeTag.object)),
})

/** Inserts in the order of the tags, so that two processes with the same tags wait for each other and do not deadlock. */
const insertRows = (projectId: number) => Prisma.sql`
  INSERT INTO releases (project_id, updated_at, ${columns})
  SELECT ${projectId}, greatest(created_at, now()), ${columns}
  FROM input WHERE ${isHeld(Prisma.sql`mark`)} AND ${isDraftPresent} ORDER BY tag
  ON CONFLICT (project_id, tag) DO NOTHING RETURNING id, tag, updated_at`

const insertLinks = Prisma.sql`
  INSERT INTO asset_links (release_id, name, url, filepath, link_type)
  SELECT id, link.name, link.url, link.filepath, link."linkType"
  FROM r, json_to_recordset(r.links) AS link (name text, url text, filepath text, "linkType" "LinkType")
  RETURNING *`

const insertMilestones = Prisma.sql`
  INSERT INTO milestone_releases (milestone_id, release_id)
  SELECT milestone::int, id FROM r, json_array_elements_text(r.milestones) AS milestone`

/** If several new releases are marked, the last one stays marked, as if they had been created one after another. */
const markLatest = (projectId: number) =>
  moveMark(Prisma.sql`SELECT ${projectId}::int, max(id) FROM r WHERE "isLatest" HAVING count(*) > 0`)

const insertEvents = insertAuditEvents(Prisma.sql`SELECT event, id AS target_id FROM r`)

// Made for each statement, because jobs name the request that queues them.
const addEvidence = () => addEvidenceJobs(Prisma.sql`SELECT job, id FROM r WHERE json_typeof(job) = 'object'`)

const announced = () => addAnnouncements(Prisma.sql`SELECT announcement, id FROM r`)

const noteSteps = recordRows(Prisma.sql`SELECT mark, id FROM r WHERE json_typeof(mark) = 'object'`)

const heldMarks = heldKeys(Prisma.sql`SELECT mark FROM input WHERE json_typeof(mark) = 'object'`)

/** The id is null when the project has a release of the tag, or when another attempt has taken over the key of the request. */
type Inserted = {
  id: number | null
  tag: string
  updatedAt: Date
  links: AssetLink[] | null
  held: boolean
  present: boolean
}

/**
 * Inserts the releases that the project does not have yet. Each must have a different tag. PostgreSQL adds the jobs only because
 * the statement reads their number.
 */
function insertNew(projectId: number, insertions: readonly Insertion[]): Promise<Inserted[]> {
  return db.$queryRaw<Inserted[]>`
    WITH /* releases.insert */ input AS MATERIALIZED (
        SELECT i.*, ${columns} FROM json_to_recordset(${jsonParameter(insertions.map(inputOf))})
          AS i (release json, links json, milestones json, "isLatest" bool, "draftId" int, "draftVersion" int,
            event json, job json, announcement json, mark json, cause text, push int, pushed json), json_populate_record(NULL::releases, release)),
      held AS MATERIALIZED (${heldMarks}),
      drafts AS MATERIALIZED (${lockDrafts}),
      inserted AS (${insertRows(projectId)}),
      r AS MATERIALIZED (
        SELECT inserted.id, input.links, input.milestones, input."isLatest", input."draftId", input.event, input.job,
          input.announcement, input.mark
        FROM inserted JOIN input USING (tag)),
      links AS (${insertLinks}),
      milestones AS (${insertMilestones}),
      latest AS (${markLatest(projectId)}),
      published AS (${deleteDrafts}),
      events AS (${insertEvents}),
      steps AS (${noteSteps}),
      jobs AS MATERIALIZED (${addEvidence()}),
      ${announced()},
      pushes AS (${takeTags}),
      told AS (${queueEvents(projectId)}),
      webhooks AS MATERIALIZED (${addEventJobs(Prisma.sql`told`)})
    SELECT inserted.id, tag, inserted.updated_at AS "updatedAt", (SELECT added FROM jobs)::int AS jobs,
      (SELECT added FROM announcements)::int AS announcements, (SELECT added FROM webhooks)::int AS webhooks, own.links,
      ${isHeld(Prisma.sql`input.mark`)} AS held, ${isDraftPresent} AS present
    FROM input LEFT JOIN inserted USING (tag) LEFT JOIN (${linksByRelease(Prisma.sql`links`)}) AS own ON own.release_id = inserted.id`
}

function toRelease({ project, values }: Insertion, inserted: Inserted | undefined): ReleaseNode | Error {
  if (inserted && !inserted.held) return takenOver()
  if (inserted && !inserted.present) return draftChanged()
  if (!inserted?.id) return new RuleViolation('CONFLICT', RELEASE_EXISTS)
  const { id, updatedAt } = inserted
  const links = (inserted.links ?? []).map(linkTable.revive)
  return { ...values, id, updatedAt, project, projectId: project.id, linksCount: links.length, links }
}

/** Writes releases of one project. A release whose tag already has a release gives an error. */
export async function insertReleases(insertions: readonly Insertion[]): Promise<(ReleaseNode | Error)[]> {
  // The first release of each tag.
  const byTag = new Map(insertions.toReversed().map((insertion) => [insertion.values.tag, insertion]))
  const projectId = insertions[0]?.project.id ?? 0
  const inserted = await insertNew(projectId, [...byTag.values()])
  const rows = new Map(inserted.map((row) => [row.tag, row]))
  return insertions.map((insertion) => {
    const row = byTag.get(insertion.values.tag) === insertion ? rows.get(insertion.values.tag) : undefined
    return toRelease(insertion, row)
  })
}

export const sizeOfRelease = ({ values }: Pick<NewRelease, 'values'>): number =>
  (values.description?.length ?? 0) + (values.descriptionHtml?.length ?? 0)

const insertTogether = batchWrites(insertReleases, {
  rowOf: ({ project }) => project.id,
  sizeOf: sizeOfRelease,
})

/**
 * Writes a release with its links, milestones, audit event and jobs by one statement, which is one transaction. Releases
 * of a project that are created at the same time are written together, because all of them change the counters of the project.
 */
export const insertRelease = (context: Context, release: NewRelease): Promise<ReleaseNode> =>
  insertTogether({ ...release, context })
