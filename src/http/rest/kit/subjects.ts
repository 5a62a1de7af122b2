// Finds the things that paths name, and checks what the viewer may do. Hidden things and missing things both answer 404, and a
// forbidden action answers 403 (docs/contract/rest.md#order-of-checks).

import { type Ability, can } from '../../../access/abilities.ts'
import { canInGroup, type GroupAbility } from '../../../access/group-abilities.ts'
import { isNobody } from '../../../access/viewer.ts'
import type { Context } from '../../../context/context.ts'
import type { Group, Project } from '../../../generated/prisma/client.ts'
import { findGroupByIdOrPath } from '../../../modules/groups/find-group.ts'
import { findProjectByIdOrPath } from '../../../modules/projects/find-project.ts'
import { mayChangeTag } from '../../../modules/releases/release-access.ts'
import { findReleaseByTag, type ReleaseNode } from '../../../modules/releases/release-loaders.ts'
import { forbidden, orNotFound, RestError, unauthorized } from './rest-errors.ts'

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
  const project = orNotFound(await findProjectByIdOrPath(context, id), 'Project')
  for (const ability of abilities) assertCan(context, ability, project)
  return project
}

/** For `find`: the project of the path, for viewers who have all the abilities. */
export const projectFor =
  (...abilities: Ability[]) =>
  (context: Context, { id }: { id: string }): Promise<Project> =>
    getProject(context, id, ...abilities)

/** Like `projectFor`, but every refusal of nobody is a 401, because some tools send their credential only after a 401. */
export const projectForSignedIn =
  (...abilities: Ability[]) =>
  (context: Context, { id }: { id: string }): Promise<Project> =>
    getProject(context, id, ...abilities).catch((error) => {
      throw error instanceof RestError && isNobody(context.viewer) ? unauthorized() : error
    })

/** Like `projectFor`, but a viewer without a credential gets 401 instead of 403. A hidden project still answers 404. */
export const accountableProjectFor =
  (ability: Ability) =>
  async (context: Context, { id }: { id: string }): Promise<Project> => {
    const project = await getProject(context, id)
    if (can(context.viewer, ability, project)) return project
    const { user, projectRoles } = context.viewer
    throw user === null && projectRoles.size === 0 ? unauthorized() : forbidden()
  }

export async function getGroup(context: Context, { id }: { id: string }): Promise<Group> {
  return orNotFound(await findGroupByIdOrPath(context, id), 'Group')
}

/** The release of the tag. Only for viewers who may learn tags. */
export async function getRelease(context: Context, project: Project, tag: string): Promise<ReleaseNode> {
  return orNotFound(await findReleaseByTag(context, project, tag))
}

export async function assertMayChange(
  context: Context,
  ability: Ability,
  { project, tag }: ReleaseNode,
): Promise<void> {
  assertCan(context, ability, project)
  if (!(await mayChangeTag(context, project, tag))) throw forbidden()
}
