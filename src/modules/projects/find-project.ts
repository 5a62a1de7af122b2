import { type Ability, can } from '../../access/abilities.ts'
import { codeReader } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { type Plan, wholeRow } from '../../rows/plan.ts'
import { projectById, projectByPath } from './project-loaders.ts'

/** Null for a missing and for a hidden project. `plan` says what is read along with the project, and shown only with it. */
export async function findProject(context: Context, fullPath: string, plan: Plan = wholeRow): Promise<Project | null> {
  const reader = plan.children.length > 0 ? codeReader(context.viewer) : null
  const project = await projectByPath(context).load({ fullPath, reader }, plan)
  if (project) projectById(context).prime(project.id, project)
  return project && can(context.viewer, 'project:read', project) ? project : null
}

/** The project at this path, whoever asks. Reads it anew, because the request itself may have created it. */
export const findProjectAt = (fullPath: string): Promise<Project | null> =>
  projectByPath.anew({ fullPath, reader: null })

/** The project at this path, if the viewer has the ability. A hidden project and a missing ability give the same error. */
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

/** Like `findProject`, by number. */
export async function findProjectById(context: Context, id: number): Promise<Project | null> {
  const project = await projectById(context).load(id)
  return project && can(context.viewer, 'project:read', project) ? project : null
}

/** Like `findProject`, by the number or the full path, as in the URLs of the REST API. */
export const findProjectByIdOrPath = (context: Context, text: string): Promise<Project | null> =>
  /^\d{1,9}$/.test(text) ? findProjectById(context, Number(text)) : findProject(context, text)
