import type { Context } from '../../context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { tagRulesOf } from '../protected-tags/protected-tag-loaders.ts'
import { mayCreateTag, whoMayCreateTag } from '../protected-tags/protected-tag-policy.ts'

/** Protected tags decide who may create a tag, and with it who may change its release (contract/rules.md 7.3). */
export async function mayChangeTag(context: Context, project: Project, tag: string): Promise<boolean> {
  return mayCreateTag(context.viewer, project, tag, await tagRulesOf(context, project))
}

/** What is told to somebody who may push, and may not change that tag. */
export async function tagRefusal(context: Context, project: Project, tag: string, verb: 'create' | 'delete') {
  const who = whoMayCreateTag(tag, await tagRulesOf(context, project))
  return `You are not allowed to ${verb} this tag as it is protected. ${who}`
}
