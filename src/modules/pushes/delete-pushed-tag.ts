import { callerOf } from '../../access/caller.ts'
import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { findTagObject } from '../../git/find-tag-object.ts'
import { onBrokenRepository } from '../releases/broken-repository.ts'
import { checkPush } from './check-push.ts'
import { deletePushedRef } from './record-push.ts'

/** Deletes a tag like a push does: by the same rules, and with its release. The viewer may write to the repository. */
export async function deleteTag(context: Context, project: Project, tagName: string): Promise<void> {
  const { repositories } = context
  const repository = repositories.directory(project.id)
  const onBroken = onBrokenRepository(context, project, 'Failed to delete the tag')
  const inTurn = <Result>(work: () => Promise<Result>) => repositories.inTurn(callerOf(context), work).catch(onBroken)
  const before = await inTurn(() => findTagObject(repository, tagName))
  if (before === null) {
    // An earlier attempt of this request, which was cut off, has deleted the tag.
    if (context.steps?.isRepetition) return
    throw new RuleViolation('NOT_FOUND', 'Tag does not exist')
  }
  const change = { ref: `refs/tags/${tagName}`, before, after: '0'.repeat(before.length) }
  const [refusal] = await checkPush(context, project, [change])
  if (refusal) throw new RuleViolation('FORBIDDEN', refusal.reason)
  await deletePushedRef(context, project, { change, what: 'Tag', run: inTurn })
}
