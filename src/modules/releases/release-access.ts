import type { Context } from '../../context.ts'
import { notFoundOrForbidden } from '../../errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { type Ability, can } from '../access/abilities.ts'
import { findProject } from '../projects/find-project.ts'
import { protectedTagsOf } from '../protected-tags/protected-tag-loaders.ts'
import { mayCreateTag } from '../protected-tags/protected-tag-policy.ts'

/** The project of that path, for who may do that; one error for a hidden project and a missing permission. */
export async function getProjectFor(context: Context, ability: Ability, fullPath: string): Promise<Project> {
  const project = await findProject(context, fullPath)
  if (!project || !can(context.viewer, ability, project)) throw notFoundOrForbidden()
  return project
}

/** Protected tags decide who may create a tag, and with it who may change its release (contract/rules.md 7.3). */
export async function mayChangeTag(context: Context, project: Project, tag: string): Promise<boolean> {
  return mayCreateTag(context.viewer, project, tag, await protectedTagsOf(context).load(project.id))
}
