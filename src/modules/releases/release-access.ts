import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { tagRulesOf } from '../protected-tags/protected-tag-loaders.ts'
import { mayCreateTag } from '../protected-tags/protected-tag-policy.ts'

/**
 * Protected tags decide who may create a tag, and so also who may change its release
 * (docs/contract/protected-tags.md#who-may-create-a-tag).
 */
export async function mayChangeTag(context: Context, project: Project, tag: string): Promise<boolean> {
  return mayCreateTag(context.viewer, project, tag, await tagRulesOf(context, project))
}

export async function assertMayCreateTag(context: Context, project: Project, tag: string): Promise<void> {
  if (await mayChangeTag(context, project, tag)) return
  throw new RuleViolation('FORBIDDEN', 'You are not allowed to create this tag as it is protected.')
}
