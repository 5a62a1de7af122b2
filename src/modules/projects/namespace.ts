// A namespace is a project or a group. Members and milestones belong to one.

import { can } from '../../access/abilities.ts'
import { canInGroup } from '../../access/group-abilities.ts'
import type { Role } from '../../access/roles.ts'
import { roleIn, roleInGroup, type Viewer } from '../../access/viewer.ts'
import type { Context } from '../../context/context.ts'
import { invalid } from '../../foundation/errors.ts'
import type { Group, Project } from '../../generated/prisma/client.ts'
import { getGroupFor } from '../groups/find-group.ts'
import { getProjectFor } from './find-project.ts'

export type Namespace = { project: Project } | { group: Group }

/** The abilities that both projects and groups have. */
type SharedAbility = 'member:write' | 'member:leave' | 'milestone:write' | `webhook:${'read' | 'write'}`

/** Exactly one of the two paths is given. */
export type NamespacePath = { projectPath?: string | null | undefined; groupPath?: string | null | undefined }

/** The project or the group at this path, if the viewer has the ability. Hidden and missing ones give the same error. */
export async function getNamespaceFor(
  context: Context,
  ability: SharedAbility,
  { projectPath, groupPath }: NamespacePath,
): Promise<Namespace> {
  if (projectPath != null && groupPath == null) return { project: await getProjectFor(context, ability, projectPath) }
  if (groupPath != null && projectPath == null) return { group: await getGroupFor(context, ability, groupPath) }
  throw invalid('Exactly one of projectPath and groupPath must be given')
}

export const canIn = (viewer: Viewer, ability: SharedAbility, namespace: Namespace): boolean =>
  'project' in namespace ? can(viewer, ability, namespace.project) : canInGroup(viewer, ability, namespace.group)

export const roleInNamespace = (viewer: Viewer, namespace: Namespace): Role =>
  'project' in namespace ? roleIn(viewer, namespace.project) : roleInGroup(viewer, namespace.group)

export const idOf = (namespace: Namespace): { projectId: number } | { groupId: number } =>
  'project' in namespace ? { projectId: namespace.project.id } : { groupId: namespace.group.id }

export const pathOf = (namespace: Namespace): string =>
  'project' in namespace ? namespace.project.fullPath : namespace.group.fullPath
