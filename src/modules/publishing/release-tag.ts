import { callerOf } from '../../access/caller.ts'
import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { isBlank } from '../../foundation/rules.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { createTag, type TagCreate } from '../../git/create-tag.ts'
import { isValidTagName } from '../../git/ref-names.ts'
import { onBrokenRepository } from '../releases/broken-repository.ts'

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

/** The commit that a release is made of, and how to make its tag; null when it is there. */
export type TagPlan = { sha: string; make: (() => Promise<void>) | null }

/** Git also takes blanks such as U+3000, but nobody can see those, and the database holds no release of them. */
const isValidName = (name: string) => isValidTagName(name) && !isBlank(name)

/** A text of the client in an error: enough of it to recognise. */
const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)

/**
 * Checks what concerns the tag (contract/graphql.md 7.2, 6 to 9) and makes nothing yet: what is refused afterwards must
 * not leave a tag behind.
 */
export async function planTag(context: Context, project: Project, input: TagInput): Promise<TagPlan> {
  const { repositories } = context
  const isValid = isValidName(input.tagName)
  const onBroken = onBrokenRepository(context, project, `Failed to create tag ${shown(input.tagName)}`)
  const existing = isValid ? await repositories.resolveTag(project.id, input.tagName).catch(onBroken) : null
  if (existing !== null) return { sha: existing, make: null }
  if (input.ref == null) throw new RuleViolation('UNPROCESSABLE', 'Ref is not specified')
  if (input.ref === '') throw new RuleViolation('INVALID', 'Target is empty')
  if (!isValid) throw new RuleViolation('INVALID', 'Tag name invalid')
  const sha = await repositories.resolveCommit(project.id, input.ref).catch(onBroken)
  if (sha === null) throw new RuleViolation('INVALID', `Target ${shown(input.ref)} is invalid`)
  const message = input.tagMessage?.trim() || null
  const tag = { name: input.tagName, sha, message, tagger: taggerOf(context) }
  const make = () => makeTag(repositories.directory(project.id), tag)
  return { sha, make: () => repositories.inTurn(callerOf(context), make).catch(onBroken) }
}

async function makeTag(repository: string, tag: TagCreate): Promise<void> {
  const outcome = await createTag(repository, tag)
  if (outcome === 'exists') throw new RuleViolation('CONFLICT', `Tag ${tag.name} already exists`)
  if (typeof outcome === 'object') {
    const other = shown(outcome.inTheWay)
    throw new RuleViolation('INVALID', `Tag name invalid: the tag ${other} is in the way of ${shown(tag.name)}`)
  }
}
