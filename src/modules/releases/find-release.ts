import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import { type ReleaseNode, releases, releasesWithProject } from './release-loaders.ts'

const releaseById = releasesWithProject.by('id')

/** The releases of these tags, in any order. */
export const releasesOfTags = (project: Project, tags: readonly string[]): Promise<Release[]> =>
  releases.where('ofTags', Prisma.sql`r.project_id = ${project.id} AND r.tag = ANY (${tags}::text[])`)

/** Null for a missing release and for a hidden release. */
export async function findReleaseById(context: Context, id: number): Promise<ReleaseNode | null> {
  const release = await releaseById(context).load(id)
  return release && can(context.viewer, 'release:read', release.project) ? release : null
}
