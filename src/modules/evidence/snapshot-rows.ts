import { asJson, reviver } from '../../connections/json-rows.ts'
import type { Tx } from '../../db.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import type { IssueRow, MilestoneRow, ReleaseRow } from './evidence-snapshot.ts'

/** What a snapshot is made of, and where its report artifacts are. */
type SnapshotRow = Omit<ReleaseRow, 'reportArtifacts'> & { projectId: number; sha: string | null }

const issues = Prisma.sql`
  SELECT i.id, i.project_id AS "projectId", i.title, i.state, i.confidential, i.due_date AS "dueDate",
    CASE WHEN u.id IS NOT NULL THEN json_build_object('name', u.name) END AS author
  FROM issues i LEFT JOIN users u ON u.id = i.author_id WHERE i.milestone_id = m.id`

const milestones = Prisma.sql`
  SELECT m.id, m.title, m.description, m.state, m.iid, m.created_at AS "createdAt", m.due_date AS "dueDate",
    coalesce(${asJson(issues)}, '[]') AS issues
  FROM milestone_releases mr JOIN milestones m ON m.id = mr.milestone_id WHERE mr.release_id = r.id`

const project = Prisma.sql`
  json_build_object('id', p.id, 'name', p.name, 'description', p.description, 'createdAt', p.created_at)`

const reviveCreation = reviver<{ createdAt: Date }>({ createdAt: true })
const reviveMilestone = reviver<MilestoneRow>({ createdAt: true, dueDate: true })
const reviveIssue = reviver<IssueRow>({ dueDate: true })

function revive(row: SnapshotRow): SnapshotRow {
  reviveCreation(row)
  reviveCreation(row.project)
  for (const milestone of row.milestones) reviveMilestone(milestone).issues.forEach(reviveIssue)
  return row
}

/** All of it by one statement, however many milestones and issues there are; null when the release is gone. */
export async function readSnapshotRow(tx: Tx, releaseId: number): Promise<SnapshotRow | null> {
  const [found] = await tx.$queryRaw<{ row: string }[]>`
    SELECT row_to_json(release)::text AS row FROM (
      SELECT r.id, r.project_id AS "projectId", r.tag, r.sha, r.name, r.description, r.created_at AS "createdAt",
        ${project} AS project, coalesce(${asJson(milestones)}, '[]') AS milestones
      FROM releases r JOIN projects p ON p.id = r.project_id WHERE r.id = ${releaseId}) release`
  return found ? revive(JSON.parse(found.row) as SnapshotRow) : null
}
