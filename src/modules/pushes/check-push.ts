import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { isNone, type RefChange } from '../../git/pushed-refs.ts'
import { isValidTagName } from '../../git/ref-names.ts'
import { matchesTag } from '../protected-tags/matches.ts'
import { tagRulesOf } from '../protected-tags/protected-tag-loaders.ts'
import { mayChangeTag } from '../releases/release-access.ts'

const BRANCHES = 'refs/heads/'
const TAGS = 'refs/tags/'
const NOTES = 'refs/notes/'

export const isBranch = ({ ref }: RefChange) => ref.startsWith(BRANCHES)

/** Notes about commits (`git notes`). There is no rule for them, so whoever may push branches may push notes. */
export const isNotes = ({ ref }: RefChange) => ref.startsWith(NOTES)

/** The tag that is changed. Null when the change is of something else. */
const tagOf = ({ ref }: RefChange): string | null => (ref.startsWith(TAGS) ? ref.slice(TAGS.length) : null)

export const deletedTags = (changes: readonly RefChange[]): string[] =>
  changes
    .filter(({ after }) => isNone(after))
    .map(tagOf)
    .filter((tag) => tag !== null)

/** All other refs are refused, because some of them, such as `refs/replace/`, would change what git itself shows. */
const UNKNOWN_KIND = 'Only branches, tags and notes (refs/notes/) can be pushed.'

export type Refusal = { ref: string; reason: string }

type Rules = { context: Context; project: Project; released: ReadonlySet<string> }

async function tagProblem({ context, project, released }: Rules, change: RefChange, tag: string) {
  const protectedTags = await tagRulesOf(context, project)
  const isProtected = protectedTags.some(({ name }) => matchesTag(name, tag))
  const [isNew, isDeleted] = [isNone(change.before), isNone(change.after)]
  if (isNew && !isValidTagName(tag)) return 'Tag name invalid'
  if (isProtected && !isNew && !isDeleted) return 'Protected tags cannot be updated.'
  if (!(await mayChangeTag(context, project, tag))) {
    return `You are not allowed to ${isDeleted ? 'delete' : 'create'} this tag as it is protected.`
  }
  if (isDeleted && released.has(tag) && !can(context.viewer, 'release:delete', project)) {
    return 'The tag has a release, which would be deleted with it: that needs the role Maintainer.'
  }
  return null
}

/** The changes of a push that are refused, and why. The viewer may write to the repository. */
export async function checkPush(context: Context, project: Project, changes: readonly RefChange[]): Promise<Refusal[]> {
  const deleted = deletedTags(changes)
  const where = { projectId: project.id, tag: { in: deleted } }
  const releases = deleted.length > 0 ? await db.release.findMany({ where, select: { tag: true } }) : []
  const rules = { context, project, released: new Set(releases.map(({ tag }) => tag)) }
  const refusals: Refusal[] = []
  for (const change of changes) {
    if (isBranch(change) || isNotes(change)) continue
    const tag = tagOf(change)
    const reason = tag === null ? UNKNOWN_KIND : await tagProblem(rules, change, tag)
    if (reason !== null) refusals.push({ ref: change.ref, reason })
  }
  return refusals
}
