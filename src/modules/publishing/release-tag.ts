import { callerOf } from '../../access/caller.ts'
import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { isBlank } from '../../foundation/rules.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { createRef } from '../../git/create-ref.ts'
import { type TagCreate, writeTagObject } from '../../git/create-tag.ts'
import { isValidTagName } from '../../git/ref-names.ts'
import { beginPush, forgetPush } from '../pushes/pending-pushes.ts'
import { onBrokenRepository } from '../releases/broken-repository.ts'
import { newTag } from '../webhooks/queue-events.ts'

export type TagInput = {
  tagName: string
  ref?: string | null | undefined
  tagMessage?: string | null | undefined
}

/** An annotated tag needs a name and an e-mail address. A pipeline and some accounts have no address, so they get this one. */
export const taggerOf = ({ viewer }: Context) => ({
  name: viewer.user?.name ?? 'pipeline',
  email: viewer.user?.email ?? `${viewer.user?.username ?? 'pipeline'}@noreply.invalid`,
})

/** A tag that was made: what it names, and the push to take it out of when it is recorded. */
export type MadeTag = { object: string; push: number }

/** The commit of the release, and a function that creates the tag. The function is null when the tag exists. */
export type TagPlan = { sha: string; make: (() => Promise<MadeTag>) | null }

/**
 * Git also accepts blanks such as U+3000. We refuse them, because nobody can see them and the database stores no such release.
 */
const isValidName = (name: string) => isValidTagName(name) && !isBlank(name)

export function assertTagNameValid(name: string): void {
  if (!isValidName(name)) throw new RuleViolation('INVALID', 'Tag name invalid')
}

/** The beginning of a client's text, which is enough to recognise the text in an error. */
const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)

/**
 * Checks everything about the tag (docs/contract/releases.md#publishing). It creates nothing yet, because a release that is
 * refused afterwards must not leave a tag behind.
 */
export async function planTag(context: Context, project: Project, input: TagInput): Promise<TagPlan> {
  const { repositories } = context
  const isValid = isValidName(input.tagName)
  const onBroken = onBrokenRepository(context, project, `Failed to create tag ${shown(input.tagName)}`)
  const existing = isValid ? await repositories.resolveTag(project.id, input.tagName).catch(onBroken) : null
  if (existing !== null) return { sha: existing, make: null }
  if (input.ref == null) throw new RuleViolation('UNPROCESSABLE', 'Ref is not specified')
  if (input.ref === '') throw new RuleViolation('INVALID', 'Target is empty')
  assertTagNameValid(input.tagName)
  const sha = await repositories.resolveCommit(project.id, input.ref).catch(onBroken)
  if (sha === null) throw new RuleViolation('INVALID', `Target ${shown(input.ref)} is invalid`)
  const message = input.tagMessage?.trim() || null
  const tag = { name: input.tagName, sha, message, tagger: taggerOf(context) }
  const make = () => makeTag(context, project, tag)
  return { sha, make: () => repositories.inTurn(callerOf(context), make).catch(onBroken) }
}

async function makeTag(context: Context, project: Project, tag: TagCreate): Promise<MadeTag> {
  const repository = context.repositories.directory(project.id)
  const object = await writeTagObject(repository, tag)
  const change = newTag(tag.name, object)
  const push = await beginPush(context, project, [change])
  const outcome = await createRef(repository, change.ref, object)
  if (outcome === 'created') return { object, push }
  await forgetPush(push)
  if (outcome === 'exists') throw new RuleViolation('CONFLICT', `Tag ${tag.name} already exists`)
  const other = shown(outcome.inTheWay)
  throw new RuleViolation('INVALID', `Tag name invalid: the tag ${other} is in the way of ${shown(tag.name)}`)
}
