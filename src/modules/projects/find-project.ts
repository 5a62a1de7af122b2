import type { Context } from '../../context.ts'
import type { Group, Project } from '../../generated/prisma/client.ts'
import { can } from '../access/abilities.ts'
import { groupById, projectById, projectByPath } from './project-loaders.ts'
import { readsGroup } from './project-policy.ts'

/** Hidden equals missing: null for both. */
export async function findProject(context: Context, fullPath: string): Promise<Project | null> {
  const project = await projectByPath(context).load(fullPath)
  return project && can(context.viewer, 'project:read', project) ? project : null
}

/** As `findProject`, by number. */
export async function findProjectById(context: Context, id: number): Promise<Project | null> {
  const project = await projectById(context).load(id)
  return project && can(context.viewer, 'project:read', project) ? project : null
}

/** As `findProject`, for a group by number. */
export async function findGroupById(context: Context, id: number): Promise<Group | null> {
  const group = await groupById(context).load(id)
  return group && readsGroup(context.viewer, group) ? group : null
}
