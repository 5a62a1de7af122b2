import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { takeMade } from '../pushes/pending-pushes.ts'
import { assertMayCreateTag } from '../releases/release-access.ts'
import { newTag, queuePushEvents } from '../webhooks/queue-events.ts'
import { planTag } from './release-tag.ts'
import { assertTextsFit } from './release-values.ts'

export type RepositoryTagCreate = {
  projectPath: string
  tagName: string
  ref: string
  /** Makes the tag annotated. */
  message?: string | null | undefined
}

/** Whether an earlier attempt of this request was cut off after git had made the tag, and before the database was written. */
async function madeBefore(context: Context, project: Project, { ref, sha }: { ref: string; sha: string }) {
  return context.steps?.isRepetition && (await context.repositories.resolveCommit(project.id, ref)) === sha
}

export const createRepositoryTag = once(async (context: Context, input: RepositoryTagCreate): Promise<void> => {
  const { projectPath, tagName, ref, message } = input
  const project = await getProjectFor(context, 'code:write', projectPath)
  await assertMayCreateTag(context, project, tagName)
  assertTextsFit({ tagMessage: message })
  const tag = await planTag(context, project, { tagName, ref, tagMessage: message })
  // If several requests create the tag at the same time, only one succeeds.
  if (!tag.make && !(await madeBefore(context, project, { ref, sha: tag.sha }))) {
    throw new RuleViolation('INVALID', `Tag ${tagName} already exists`)
  }
  const made = (await tag.make?.()) ?? null
  await transact(context, async (tx) => {
    await recordAuditEvent(tx, context, {
      type: 'repository_tag_created',
      scope: { projectId: project.id },
      target: { type: 'Project', id: project.id, details: tagName },
      message: `Created tag ${tagName} at ${tag.sha}`,
    })
    // What an attempt has made that was cut off is told by the job that looks for it.
    if (!made) return
    const push = { id: made.push, made: [newTag(tagName, made.object)], isOver: true }
    await queuePushEvents(tx, context, project.id, await takeMade(tx, project.id, push))
  })
})
