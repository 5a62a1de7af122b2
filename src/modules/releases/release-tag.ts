import type { Context } from '../../context.ts'
import { RuleViolation } from '../../errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { createTag, resolveCommit } from '../git/create-tag.ts'
import { isValidTagName } from '../git/ref-names.ts'
import { findTag } from '../git/tags.ts'

export type TagInput = {
  tagName: string
  ref?: string | null | undefined
  tagMessage?: string | null | undefined
}

/** Tags need somebody who made them; a pipeline has no address of its own. */
const taggerOf = ({ viewer }: Context) => ({
  name: viewer.user?.name ?? 'pipeline',
  email: viewer.user?.email ?? `${viewer.user?.username ?? 'pipeline'}@noreply.invalid`,
})

/** The commit of the tag: of the one that is there, else of a new one made from `ref` (contract/graphql.md 7.2, 6 to 9). */
export async function findOrCreateTag(context: Context, project: Project, input: TagInput): Promise<string> {
  const repository = context.repositories.directory(project.id)
  const existing = await findTag(repository, input.tagName)
  if (existing) return existing.sha
  if (input.ref == null) throw new RuleViolation('UNPROCESSABLE', 'Ref is not specified')
  if (input.ref === '') throw new RuleViolation('INVALID', 'Target is empty')
  if (!isValidTagName(input.tagName)) throw new RuleViolation('INVALID', 'Tag name invalid')
  const sha = await resolveCommit(repository, input.ref)
  if (sha === null) throw new RuleViolation('INVALID', `Target ${input.ref} is invalid`)
  const message = input.tagMessage?.trim() || null
  const created = await createTag(repository, { name: input.tagName, sha, message, tagger: taggerOf(context) })
  if (!created) throw new RuleViolation('CONFLICT', `Tag ${input.tagName} already exists`)
  return sha
}
