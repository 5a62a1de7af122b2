import { z } from 'zod'
import type { ChangeKind, ReleaseChanges, Watcher } from '../../context/release-changes.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import type { Log } from '../../foundation/log.ts'
import { type Listening, listen } from './listen.ts'

/** What the triggers of the database send (`releases_tell` in `prisma/sql/`). */
const Message = z.object({
  transaction: z.string(),
  kind: z.enum(['created', 'updated']),
  projectId: z.number(),
  releaseIds: z.array(z.number()),
})

const CHANNEL = 'waybill_releases'

/** A transaction that ends after the connection broke may have begun so long before, and its times are from its beginning. */
const LONGEST_TRANSACTION_MS = 30_000

/** Reads messages, and leaves out a change of a release by the transaction that created the release. */
function createReader(): (payload: string) => z.infer<typeof Message> {
  let created = { transaction: '', ids: new Set<number>() }
  return (payload) => {
    const message = Message.parse(JSON.parse(payload))
    const { transaction, kind, releaseIds } = message
    // The messages of a transaction follow each other, so it is enough to remember the last transaction.
    if (created.transaction !== transaction) created = { transaction, ids: new Set() }
    if (kind === 'updated') return { ...message, releaseIds: releaseIds.filter((id) => !created.ids.has(id)) }
    for (const id of releaseIds) created.ids.add(id)
    return message
  }
}

class Watchers {
  /** Since when each watcher watches. */
  private readonly byProject = new Map<number, Map<Watcher, Date>>()

  add(watcher: Watcher): void {
    const watchers = this.byProject.get(watcher.projectId) ?? new Map()
    this.byProject.set(watcher.projectId, watchers.set(watcher, databaseNow()))
  }

  remove(watcher: Watcher): void {
    const watchers = this.byProject.get(watcher.projectId)
    if (watchers?.delete(watcher) && watchers.size === 0) this.byProject.delete(watcher.projectId)
  }

  /** Those who began to watch after `at`, the time of the change, are not told. */
  tell(projectId: number, kind: ChangeKind, releaseIds: readonly number[], at?: Date): void {
    if (releaseIds.length === 0) return
    for (const [watcher, since] of this.byProject.get(projectId) ?? []) {
      if (watcher.kind === kind && !(at && at < since)) watcher.tell(releaseIds)
    }
  }

  all(): Watcher[] {
    return [...this.byProject.values()].flatMap((watchers) => [...watchers.keys()])
  }

  projectIds(): number[] {
    return [...this.byProject.keys()]
  }
}

/** Tells what happened while the connection was down, as far as the times of the releases show it. Some of it was told before. */
async function tellMissed(watchers: Watchers, lostAt: Date): Promise<void> {
  const since = new Date(lostAt.getTime() - LONGEST_TRANSACTION_MS)
  const late = { gte: since }
  const where = {
    projectId: { in: watchers.projectIds() },
    OR: [{ updatedAt: late }, { announcement: { announcedAt: late } }],
  }
  const select = { id: true, projectId: true, createdAt: true, updatedAt: true, announcement: true }
  for (const release of await db.release.findMany({ where, select })) {
    const { id, projectId, createdAt, updatedAt, announcement } = release
    const newAt = announcement && announcement.announcedAt > createdAt ? announcement.announcedAt : createdAt
    if (newAt >= since) watchers.tell(projectId, 'created', [id], newAt)
    else watchers.tell(projectId, 'updated', [id], updatedAt)
  }
}

/** Connects when the first watcher comes. One connection serves all watchers of this process. */
export function createReleaseChanges({ url, log }: { url: string; log: Log }): ReleaseChanges {
  const watchers = new Watchers()
  let listening: Promise<Listening> | null = null
  let closed = false

  const start = (): Promise<Listening> => {
    const read = createReader()
    const hear = (payload: string) => {
      try {
        const { projectId, kind, releaseIds } = read(payload)
        watchers.tell(projectId, kind, releaseIds)
      } catch (error) {
        log.error({ err: error }, 'a message of the database is not understood')
      }
    }
    return listen({ url, channel: CHANNEL, hear, resume: (lostAt) => tellMissed(watchers, lostAt), log })
  }

  return {
    async watch(watcher) {
      listening ??= start()
      watchers.add(watcher)
      try {
        await listening
      } catch (error) {
        listening = null
        watchers.remove(watcher)
        throw error
      }
      if (closed) watcher.end()
      return () => watchers.remove(watcher)
    },
    size: () => watchers.all().length,
    async close() {
      closed = true
      for (const watcher of watchers.all()) watcher.end()
      await (await listening?.catch(() => null))?.close()
    },
  }
}
