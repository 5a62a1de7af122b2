// What paths name, and whether the viewer may: hidden is 404 as missing is, not allowed is 403 (contract/rest.md 1.2).

import { type Ability, can } from '../../../access/abilities.ts'
import { canInGroup, type GroupAbility } from '../../../access/group-abilities.ts'
import { isNobody } from '../../../access/viewer.ts'
import type { Context } from '../../../context/context.ts'
import type { Group, Project } from '../../../generated/prisma/client.ts'
import { findGroupByIdOrPath } from '../../../modules/groups/find-group.ts'
import { findProjectByIdOrPath } from '../../../modules/projects/find-project.ts'
import { mayChangeTag } from '../../../modules/releases/release-access.ts'
import { findReleaseByTag, type ReleaseNode } from '../../../modules/releases/release-loaders.ts'
import { forbidden, notFound, RestError, unauthorized } from './rest-errors.ts'

export function assertSignedIn({ viewer }: Context): void {
  if (isNobody(viewer)) throw unauthorized()
}

export function assertCan({ viewer }: Context, ability: Ability, project: Project): void {
  if (!can(viewer, ability, project)) throw forbidden()
}

export function assertCanInGroup({ viewer }: Context, ability: GroupAbility, group: Group): void {
  if (!canInGroup(viewer, ability, group)) throw forbidden()
}

export async function getProject(context: Context, id: string, ...abilities: Ability[]): Promise<Project> {
  const project = await findProjectByIdOrPath(context, id)
  if (!project) throw notFound('Project')
  for (const ability of abilities) assertCan(context, ability, project)
  return project
}

/** For `find`: the project of the path, for who may do that. */
export const projectFor =
  (...abilities: Ability[]) =>
  (context: Context, { id }: { id: string }): Promise<Project> =>
    getProject(context, id, ...abilities)

/** The same for tools that send their credential once they are asked: whoever is nobody is, whatever there is. */
export const projectForSignedIn =
  (...abilities: Ability[]) =>
  (context: Context, { id }: { id: string }): Promise<Project> =>
    getProject(context, id, ...abilities).catch((error) => {
      throw error instanceof RestError && isNobody(context.viewer) ? unauthorized() : error
    })

/** The same, where whoever has not said who they are is asked to. */
export const accountableProjectFor =
  (ability: Ability) =>
  async (context: Context, { id }: { id: string }): Promise<Project> => {
    const project = await getProject(context, id)
    if (can(context.viewer, ability, project)) return project
    const { user, projectRoles } = context.viewer
    throw user === null && projectRoles.size === 0 ? unauthorized() : forbidden()
  }

/** For `find`: the group of the path. */
export async function getGroup(context: Context, { id }: { id: string }): Promise<Group> {
  const group = await findGroupByIdOrPath(context, id)
  if (!group) throw notFound('Group')
  return group
}

/** The release of that tag, for viewers who may learn tags. */
export async function getRelease(context: Context, project: Project, tag: string): Promise<ReleaseNode> {
  const release = await findReleaseByTag(context, project, tag)
  if (!release) throw notFound()
  return release
}

export async function assertMayChange(
  context: Context,
  ability: Ability,
  { project, tag }: ReleaseNode,
): Promise<void> {
  assertCan(context, ability, project)
  if (!(await mayChangeTag(context, project, tag))) throw forbidden()
}
