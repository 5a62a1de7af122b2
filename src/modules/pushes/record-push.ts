import { type Context, forgetLoaded } from '../../context/context.ts'
import { AppError, RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { deleteRef, type RefDeletion } from '../../git/create-ref.ts'
import { adoptDefaultBranch, appliedChanges, type RefChange } from '../../git/pushed-refs.ts'
import { deleteRelease } from '../publishing/delete-release.ts'
import { deletedTags, isBranch } from './check-push.ts'
import { beginPush, forgetPush, recordMade } from './pending-pushes.ts'

/** Most tags have no release, so a missing release is no error. */
async function deleteReleaseOf(context: Context, { fullPath }: Project, tagName: string): Promise<void> {
  await deleteRelease(context, { projectPath: fullPath, tagName }).catch((error) => {
    if (!(error instanceof AppError)) throw error
    if (error.code !== 'NOT_FOUND') context.log.warn({ err: error }, 'the release of a deleted tag stays')
  })
}

/**
 * Records what a push has changed, and deletes the releases of deleted tags. A crash before leaves a release without its tag, which
 * is allowed.
 */
async function recordPush(context: Context, project: Project, id: number, changes: readonly RefChange[]) {
  const repository = context.repositories.directory(project.id)
  const made = await appliedChanges(repository, changes)
  if (made.length === 0) return void (await forgetPush(id))
  // The push may have taken hours, so what was read before is read again.
  forgetLoaded(context)
  await recordMade(context, project, { id, made, isOver: true })
  for (const tag of deletedTags(made)) await deleteReleaseOf(context, project, tag)
  if (made.some(isBranch)) await adoptDefaultBranch(repository)
}

/**
 * Runs git, which changes refs, and records what it has changed. `isRefused` says that git has changed nothing; otherwise the
 * repository shows what git has made, also of work that has failed.
 */
export async function pushRefs<Outcome>(
  context: Context,
  project: Project,
  changes: readonly RefChange[],
  work: () => Promise<Outcome>,
  isRefused: (outcome: Outcome) => boolean = () => false,
): Promise<Outcome> {
  const id = await beginPush(context, project, changes)
  let tried = changes
  try {
    const outcome = await work()
    if (isRefused(outcome)) tried = []
    return outcome
  } finally {
    if (tried.length === 0) await forgetPush(id)
    else await recordPush(context, project, id, tried)
  }
}

/** Deletes a branch or a tag. `run` runs git in its turn. Somebody else may be faster, and is told of. */
export async function deletePushedRef(
  context: Context,
  project: Project,
  {
    change,
    what,
    run,
  }: { change: RefChange; what: 'Branch' | 'Tag'; run: (work: () => Promise<RefDeletion>) => Promise<RefDeletion> },
): Promise<void> {
  const repository = context.repositories.directory(project.id)
  const work = () => run(() => deleteRef(repository, change.ref, change.before))
  const outcome = await pushRefs(context, project, [change], work, (done) => done !== 'deleted')
  if (outcome === 'gone') throw new RuleViolation('NOT_FOUND', `${what} does not exist`)
  if (outcome === 'moved') throw new RuleViolation('CONFLICT', `${what} has just changed: read it again`)
}
