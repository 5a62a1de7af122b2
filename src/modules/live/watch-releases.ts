import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import type { ChangeKind } from '../../context/release-changes.ts'
import { AppError, notFoundOrForbidden } from '../../foundation/errors.ts'
import { findProjectById, getProjectFor } from '../projects/find-project.ts'
import { findReleaseById } from '../releases/find-release.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import { createChangeQueue } from './change-queue.ts'

/** A release as it is now, and the context of the viewer with the roles that the viewer has now. */
export type ReleaseEvent = { release: ReleaseNode; context: Context }

const MAX_WAITING = 100

const tooMany = () =>
  new AppError('UNPROCESSABLE', `More than ${MAX_WAITING} changes wait: read the releases and subscribe again`)

type Watch = { projectPath: string; kind: ChangeKind }

/**
 * The releases of a project as they are created or change. The access of the subscriber is checked again for every release, and
 * at intervals when nothing happens. The stream ends with an error when the token or the access is gone.
 */
export async function watchReleases(
  context: Context,
  { projectPath, kind }: Watch,
): Promise<AsyncIterableIterator<ReleaseEvent>> {
  const { id: projectId } = await getProjectFor(context, 'release:read', projectPath)
  if (!context.live) throw new Error('Nothing can be watched outside of a request')
  const { changes, renew, recheckMs } = context.live
  const queue = createChangeQueue({ limit: MAX_WAITING, tooMany })
  const leave = await changes.watch({ projectId, kind, tell: queue.add, end: queue.end })
  const stop = () => {
    leave()
    queue.end()
  }

  const nextEvent = async (): Promise<ReleaseEvent | null> => {
    for (;;) {
      const id = await queue.take(recheckMs)
      if (id === null) return null
      const fresh = await renew()
      const project = await findProjectById(fresh, projectId)
      if (!project || !can(fresh.viewer, 'release:read', project)) throw notFoundOrForbidden()
      const release = id === undefined ? null : await findReleaseById(fresh, id)
      // The release may have been deleted or moved to another project meanwhile.
      if (release?.projectId === projectId) return { release, context: fresh }
    }
  }
  return eventsOf(nextEvent, stop)
}

/** Not a generator, because `return` must end the stream even while `next` waits. */
function eventsOf(
  nextEvent: () => Promise<ReleaseEvent | null>,
  stop: () => void,
): AsyncIterableIterator<ReleaseEvent> {
  async function next(): Promise<IteratorResult<ReleaseEvent>> {
    try {
      const value = await nextEvent()
      if (value) return { done: false, value }
    } catch (error) {
      stop()
      throw error
    }
    stop()
    return { done: true, value: undefined }
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      const result = next()
      // A client that has gone does not wait for the result. Then nobody handles its failure, which must not end the process.
      result.catch(() => {})
      return result
    },
    async return() {
      stop()
      return { done: true, value: undefined }
    },
  }
}
