import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import { readRows } from '../../rows/json-rows.ts'
import { uniqueLoader } from '../../rows/unique-loader.ts'
import { reviveProject } from '../projects/project-loaders.ts'
import { type ReleaseNode, releaseAndProject, releaseColumns, reviveRelease } from './release-loaders.ts'

/** By the number. */
const releaseById = uniqueLoader<ReleaseNode, 'id'>('id', (ids) => {
  const releases = Prisma.sql`
    SELECT ${releaseAndProject.columns} FROM releases r JOIN projects p ON p.id = r.project_id WHERE r.id = ANY (${ids}::int[])`
  return readRows<ReleaseNode>('releases.byId', releases, (release) => {
    reviveRelease(release)
    reviveProject(release.project)
    return release
  })
})

/** In no order. */
export const releasesOfTags = (project: Project, tags: readonly string[]): Promise<Release[]> =>
  readRows(
    'releases.ofTags',
    Prisma.sql`SELECT ${releaseColumns} FROM releases r WHERE r.project_id = ${project.id} AND r.tag = ANY (${tags}::text[])`,
    reviveRelease,
  )

/** Hidden equals missing: null for both. */
export async function findReleaseById(context: Context, id: number): Promise<ReleaseNode | null> {
  const release = await releaseById(context).load(id)
  return release && can(context.viewer, 'release:read', release.project) ? release : null
}
