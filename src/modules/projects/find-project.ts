import { type Ability, can } from '../../access/abilities.ts'
import { codeReader } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { type Plan, wholeRow } from '../../rows/plan.ts'
import { projectById, projectByPath } from './project-loaders.ts'

/** Hidden equals missing: null for both. `plan`: what is read along with it, and is not shown where it is hidden. */
export async function findProject(context: Context, fullPath: string, plan: Plan = wholeRow): Promise<Project | null> {
  const reader = plan.children.length > 0 ? codeReader(context.viewer) : null
  const project = await projectByPath(context).load({ fullPath, reader }, plan)
  if (project) projectById(context).prime(project.id, project)
  return project && can(context.viewer, 'project:read', project) ? project : null
}

/** Whoever asks; as it is now, because the request itself may have created it. */
export const findProjectAt = (fullPath: string): Promise<Project | null> =>
  projectByPath.anew({ fullPath, reader: null })

/** The project of that path, for who may do that; one error for a hidden project and a missing permission. */
export async function getProjectFor(
  context: Context,
  ability: Ability,
  fullPath: string,
  plan: Plan = wholeRow,
): Promise<Project> {
  const project = await findProject(context, fullPath, plan)
  if (!project || !can(context.viewer, ability, project)) throw notFoundOrForbidden()
  return project
}

/** As `findProject`, by number. */
export async function findProjectById(context: Context, id: number): Promise<Project | null> {
  const project = await projectById(context).load(id)
  return project && can(context.viewer, 'project:read', project) ? project : null
}

/** As `findProject`, by what stands in a URL of the REST API: the number or the full path. */
export const findProjectByIdOrPath = (context: Context, text: string): Promise<Project | null> =>
  /^\d{1,9}$/.test(text) ? findProjectById(context, Number(text)) : findProject(context, text)
