import { type Ability, can } from '../../access/abilities.ts'
import { codeReader } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import { pathKey } from '../../foundation/path-key.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { type Plan, wholeRow } from '../../rows/plan.ts'
import { projectById, projectByPath } from './project-loaders.ts'

const NUMBER = /^\d{1,9}$/

/** Whether a project that was found by this text has the path no more. A number never changes. */
export const isOldPath = ({ fullPath }: Pick<Project, 'fullPath'>, text: string): boolean =>
  !NUMBER.test(text) && pathKey(fullPath) !== pathKey(text)

/** Whether the text is the number of the project, its path, or a path that it had before. */
export async function isNameOf(project: Pick<Project, 'id' | 'fullPath'>, text: string): Promise<boolean> {
  if (NUMBER.test(text)) return Number(text) === project.id
  if (!isOldPath(project, text)) return true
  const where = { fullPath: pathKey(text), projectId: project.id }
  return (await db.oldPath.count({ where })) > 0
}

/**
 * The project that has this path, or had it before. Null for a missing and for a hidden project. `plan` says what is read along
 * with the project.
 */
export async function findProject(context: Context, fullPath: string, plan: Plan = wholeRow): Promise<Project | null> {
  const reader = plan.children.length > 0 ? codeReader(context.viewer) : null
  const project = await projectByPath(context).load({ fullPath, reader }, plan)
  if (project) projectById(context).prime(project.id, project)
  return project && can(context.viewer, 'project:read', project) ? project : null
}

/** The project that has this path now, whoever asks. Reads it anew, because the request itself may have created the project. */
export async function findProjectAt(fullPath: string): Promise<Project | null> {
  const project = await projectByPath.anew({ fullPath, reader: null })
  return project && !isOldPath(project, fullPath) ? project : null
}

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
  NUMBER.test(text) ? findProjectById(context, Number(text)) : findProject(context, text)
