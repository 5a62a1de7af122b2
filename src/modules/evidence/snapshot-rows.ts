import type { Tx } from '../../database/db.ts'
import { Prisma, type SigningKey } from '../../generated/prisma/client.ts'
import { asJson, reviver } from '../../rows/json-rows.ts'
import { currentKey, reviveKey } from '../../signing/signing-keys.ts'
import { type ArtifactRow, artifactsOfRelease } from '../report-artifacts/evidence-artifacts.ts'
import type { IssueRow, MilestoneRow, ReleaseRow } from './evidence-snapshot.ts'

/** Everything that evidence is made of, as it was at one moment. */
export type SnapshotRow = Omit<ReleaseRow, 'reportArtifacts'> & {
  projectId: number
  sha: string | null
  releasedAt: Date
  /** PostgreSQL's number for the version of the row. Every write to the release gives the row another version. */
  version: string
  artifacts: ArtifactRow[]
  /** Null before the first key is made. */
  key: SigningKey | null
}

const issues = Prisma.sql`
  SELECT i.id, i.project_id AS "projectId", i.title, i.state, i.confidential, i.due_date AS "dueDate",
    CASE WHEN u.id IS NOT NULL THEN json_build_object('name', u.name) END AS author
  FROM issues i LEFT JOIN users u ON u.id = i.author_id WHERE i.milestone_id = m.id`

const milestones = Prisma.sql`
  SELECT m.id, m.title, m.description, m.state, m.iid, m.created_at AS "createdAt", m.due_date AS "dueDate",
    coalesce(${asJson(issues)}, '[]') AS issues
  FROM milestone_releases mr JOIN milestones m ON m.id = mr.milestone_id WHERE mr.release_id = r.id`

/** A subquery, because in a join PostgreSQL would read all projects for ten releases. */
const project = Prisma.sql`(
  SELECT json_build_object('id', p.id, 'name', p.name, 'description', p.description, 'createdAt', p.created_at)
  FROM projects p WHERE p.id = r.project_id)`

const reviveProject = reviver<{ createdAt: Date }>({ createdAt: true })
const reviveRelease = reviver<{ createdAt: Date; releasedAt: Date }>({ createdAt: true, releasedAt: true })
const reviveMilestone = reviver<MilestoneRow>({ createdAt: true, dueDate: true })
const reviveIssue = reviver<IssueRow>({ dueDate: true })

function revive(row: SnapshotRow): SnapshotRow {
  reviveRelease(row)
  reviveProject(row.project)
  if (row.key) reviveKey(row.key)
  for (const milestone of row.milestones) reviveMilestone(milestone).issues.forEach(reviveIssue)
  return row
}

/** Reads everything by one statement, however many milestones and issues there are. Null for a release that is gone. */
export async function readSnapshotRows(tx: Tx, releaseIds: readonly number[]): Promise<(SnapshotRow | null)[]> {
  const rows = await tx.$queryRaw<{ row: string }[]>`
    SELECT /* evidence.snapshot */ row_to_json(release)::text AS row FROM (
      SELECT r.id, r.xmin::text AS version, r.project_id AS "projectId", r.tag, r.sha, r.name, r.description,
        r.created_at AS "createdAt", r.released_at AS "releasedAt",
        ${project} AS project, coalesce(${asJson(milestones)}, '[]') AS milestones,
        coalesce(${asJson(artifactsOfRelease)}, '[]') AS artifacts, ${currentKey} AS key
      FROM releases r WHERE r.id = ANY (${releaseIds}::int[])) release`
  const found = new Map(rows.map(({ row }) => revive(JSON.parse(row) as SnapshotRow)).map((row) => [row.id, row]))
  return releaseIds.map((id) => found.get(id) ?? null)
}
