import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import { mayChangeTag } from './release-access.ts'
import { type ReleaseNode, releases, releasesWithProject } from './release-loaders.ts'

const releaseById = releasesWithProject.by('id')

/** The releases of these tags, in any order. */
export const releasesOfTags = (project: Project, tags: readonly string[]): Promise<Release[]> =>
  releases.where('ofTags', Prisma.sql`r.project_id = ${project.id} AND r.tag = ANY (${tags}::text[])`)

export const noSuchRelease = () => new RuleViolation('NOT_FOUND', 'Release does not exist')

/** The row, for a use case of who may do that in the project. */
export async function getReleaseOfTag({ id: projectId }: Project, tag: string): Promise<Release> {
  const release = await db.release.findUnique({ where: { projectId_tag: { projectId, tag } } })
  if (!release) throw noSuchRelease()
  return release
}

/** The same for a use case that changes the release. */
export async function getReleaseToChange(context: Context, project: Project, tag: string): Promise<Release> {
  const release = await getReleaseOfTag(project, tag)
  if (!(await mayChangeTag(context, project, tag))) throw new RuleViolation('FORBIDDEN', 'Access Denied')
  return release
}

/** Hidden equals missing: null for both. */
export async function findReleaseById(context: Context, id: number): Promise<ReleaseNode | null> {
  const release = await releaseById(context).load(id)
  return release && can(context.viewer, 'release:read', release.project) ? release : null
}
