import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import { type Context, forgetLoaded } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { AppError } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { adoptDefaultBranch, appliedChanges, isNone, type RefChange } from '../../git/pushed-refs.ts'
import { deleteRelease } from '../publishing/delete-release.ts'
import { queuePushEvents } from '../webhooks/queue-events.ts'
import { deletedTags, isBranch, isNotes } from './check-push.ts'

/** How many changes the message names. */
const NAMED = 20

function verbOf({ before, after }: RefChange): string {
  if (isNone(after)) return 'deleted'
  return isNone(before) ? 'created' : 'updated'
}

function kindOf(change: RefChange): string {
  if (isNotes(change)) return 'notes'
  return isBranch(change) ? 'branch' : 'tag'
}

function describePush(changes: readonly RefChange[]): string {
  const named = changes.slice(0, NAMED).map((change) => {
    return `${verbOf(change)} ${kindOf(change)} ${change.ref.split('/').slice(2).join('/')}`
  })
  const others = changes.length - named.length
  return `Pushed: ${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}`
}

/** Most tags have no release, so a missing release is no error. */
async function deleteReleaseOf(context: Context, { fullPath }: Project, tagName: string): Promise<void> {
  await deleteRelease(context, { projectPath: fullPath, tagName }).catch((error) => {
    if (!(error instanceof AppError)) throw error
    if (error.code !== 'NOT_FOUND') context.log.warn({ err: error }, 'the release of a deleted tag stays')
  })
}

/**
 * Records what a push has changed, and deletes the releases of deleted tags. This comes after git has run, because git cannot
 * roll back. A crash in between leaves a release without its tag, which is allowed.
 */
export async function recordPush(context: Context, project: Project, changes: readonly RefChange[]): Promise<void> {
  const repository = context.repositories.directory(project.id)
  const made = await appliedChanges(repository, changes)
  if (made.length === 0) return
  // The push may have taken hours, so what was read before is read again.
  forgetLoaded(context)
  await db.$transaction(async (tx) => {
    await recordAuditEvent(tx, context, {
      type: 'repository_pushed',
      scope: { projectId: project.id },
      target: { type: 'Project', id: project.id, details: project.fullPath },
      message: describePush(made),
    })
    await queuePushEvents(tx, context, project.id, made)
  })
  for (const tag of deletedTags(made)) await deleteReleaseOf(context, project, tag)
  if (made.some(isBranch)) await adoptDefaultBranch(repository)
}
