import { abilitiesOf, can, type ProjectAccess } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { MAX_INTEGER } from '../../foundation/limits.ts'
import type { Evidence } from '../../generated/prisma/client.ts'
import { findProject } from '../projects/find-project.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'

/** Evidence by what its URL names. Hidden equals missing, and so does evidence of another tag: null for all. */
export async function findEvidence(
  context: Context,
  { projectPath, tag, id }: { projectPath: string; tag: string; id: number },
): Promise<Evidence | null> {
  const project = await findProject(context, projectPath)
  if (!project || !can(context.viewer, 'evidence:read', project) || id > MAX_INTEGER) return null
  return db.evidence.findFirst({ where: { id, release: { projectId: project.id, tag } } })
}

/** The evidence of a release that was collected last. Null for a viewer who may not read evidence. */
export async function findNewestEvidence(context: Context, { id, project }: ReleaseNode): Promise<Evidence | null> {
  if (!can(context.viewer, 'evidence:read', project)) return null
  return db.evidence.findFirst({ where: { releaseId: id }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })
}

/** The project of the evidence, as if neither it nor a group above it were deleted: what decided before the deletion decides until the removal. */
const projectBefore = (sha: string) => db.$queryRaw<(ProjectAccess & { evidenceId: number })[]>`
  SELECT /* evidence.bySha */ e.id AS "evidenceId", p.id, p.visibility::text, p.archived, p.releases_level::text AS "releasesLevel",
    p.repository_level::text AS "repositoryLevel", p.issues_level::text AS "issuesLevel",
    p.merge_requests_level::text AS "mergeRequestsLevel", NULL AS "deletedAt", ARRAY(
      WITH RECURSIVE above (id) AS (
        SELECT p.group_id UNION SELECT g.parent_id FROM groups g JOIN above USING (id) WHERE g.parent_id IS NOT NULL)
      SELECT id FROM above) AS "ancestorIds"
  FROM evidences e JOIN releases r ON r.id = e.release_id JOIN projects p ON p.id = r.project_id
  WHERE e.sha = ${sha} ORDER BY e.id DESC LIMIT 1`

/**
 * Evidence by its digest, which outlives the path of its project: it is found until a job has removed a deleted project. The newest
 * of equal ones, which are all of one release, because the document names it. Hidden equals missing: null for both.
 */
export async function findEvidenceBySha({ viewer }: Context, sha: string): Promise<Evidence | null> {
  const [found] = await projectBefore(sha)
  if (!found || !abilitiesOf(viewer, found).has('evidence:read')) return null
  return db.evidence.findUnique({ where: { id: found.evidenceId } })
}
