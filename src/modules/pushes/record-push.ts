import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import { type Context, forgetLoaded } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { AppError } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { adoptDefaultBranch, appliedChanges, isNone, type RefChange } from '../../git/pushed-refs.ts'
import { deleteRelease } from '../publishing/delete-release.ts'
import { deletedTags, isBranch, isNotes } from './check-push.ts'

/** As many as a sentence can name. */
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

/** A tag without a release is no problem: most have none. */
async function deleteReleaseOf(context: Context, { fullPath }: Project, tagName: string): Promise<void> {
  await deleteRelease(context, { projectPath: fullPath, tagName }).catch((error) => {
    if (!(error instanceof AppError)) throw error
    if (error.code !== 'NOT_FOUND') context.log.warn({ err: error }, 'the release of a deleted tag stays')
  })
}

/**
 * After git has run: what it made is recorded, and with a tag its release is deleted. Git cannot roll back, so this comes
 * after it; a crash in between leaves a release without its tag, which is allowed.
 */
export async function recordPush(context: Context, project: Project, changes: readonly RefChange[]): Promise<void> {
  const repository = context.repositories.directory(project.id)
  const made = await appliedChanges(repository, changes)
  if (made.length === 0) return
  // The push may have taken hours.
  forgetLoaded(context)
  await db.$transaction((tx) =>
    recordAuditEvent(tx, context, {
      type: 'repository_pushed',
      scope: { projectId: project.id },
      target: { type: 'Project', id: project.id, details: project.fullPath },
      message: describePush(made),
    }),
  )
  for (const tag of deletedTags(made)) await deleteReleaseOf(context, project, tag)
  if (made.some(isBranch)) await adoptDefaultBranch(repository)
}
