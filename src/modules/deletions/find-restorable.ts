import { restorableGroups, restorableProjects } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { pathKey } from '../../foundation/path-key.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { groups } from '../groups/group-loaders.ts'
import { projects } from '../projects/project-loaders.ts'

/** By the number or the full path, as in the URLs of the REST API. */
const named = (alias: 'p' | 'g', text: string) =>
  /^\d{1,9}$/.test(text)
    ? Prisma.sql`${Prisma.raw(alias)}.id = ${Number(text)}`
    : Prisma.sql`lower(${Prisma.raw(alias)}.full_path) = ${pathKey(text)}`

/** The deleted project with this number or path, if the viewer is its Owner. Nobody else learns that it was there. */
export async function findRestorableProject({ viewer }: Context, text: string): Promise<Project | null> {
  const [found] = await projects.where('restorable', Prisma.sql`${named('p', text)} ${restorableProjects(viewer)}`)
  return found ?? null
}

/** Like `findRestorableProject`. */
export async function findRestorableGroup({ viewer }: Context, text: string): Promise<Group | null> {
  const [found] = await groups.where('restorable', Prisma.sql`${named('g', text)} ${restorableGroups(viewer)}`)
  return found ?? null
}
