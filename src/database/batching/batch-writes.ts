import { setImmediate } from 'node:timers/promises'
import { partsOf } from '../../foundation/parts.ts'
import { isRefusal } from '../refused-statement.ts'

type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }

/** More writes in one statement save little, and the first would wait for the last. */
const MAX_TOGETHER = 50
/** Characters of one statement, which must not fill the memory. */
const MAX_SIZE = 1_000_000

type Items<Item> = {
  /** The row that the item changes. Writes of the same row wait for each other. */
  rowOf: (item: Item) => number
  /** The number of characters in the item's texts. */
  sizeOf: (item: Item) => number
}

/**
 * Writes that change the same row wait for each other in the database, each with its round trips and its commit. So the items that
 * come while a statement runs are written together by the next one. What `write` writes is committed when it answers.
 *
 * Each row is in one of these states:
 *
 * - IDLE: it has no queue. The first item makes one, and the row is GATHERING.
 * - GATHERING: until the end of this turn of the event loop items join the queue. Then those at its front, as many as fit into one
 *   statement, are taken out of it, and the row is WRITING.
 * - WRITING: the statement runs, and items that come join the queue. When it answers, each item that it wrote gets its result. When
 *   the database refuses it and it had several items, the row is APART; another error is told to all of its items. Then the row is
 *   GATHERING if items are in the queue, else IDLE.
 * - APART: nothing was written, because one of the items is to blame. Each is written by a statement of its own, in their order, and
 *   gets its own result or error, while items that come join the queue. Then the row goes on as after WRITING.
 */
export function batchWrites<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
  { rowOf, sizeOf }: Items<Item>,
): (item: Item) => Promise<Result> {
  const bounds = { most: MAX_TOGETHER, maxSize: MAX_SIZE, sizeOf: ({ item }: Waiting<Item, Result>) => sizeOf(item) }
  /** By row; an IDLE row has none. */
  const queues = new Map<number, Waiting<Item, Result>[]>()

  async function writeSome(some: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await write(some.map(({ item }) => item))
      for (const [at, { resolve, reject }] of some.entries()) {
        const result = results[at] as Result | Error
        if (result instanceof Error) reject(result)
        else resolve(result)
      }
    } catch (error) {
      // APART.
      if (some.length > 1 && isRefusal(error)) for (const one of some) await writeSome([one])
      else for (const { reject } of some) reject(error)
    }
  }

  async function writeAll(row: number, queue: Waiting<Item, Result>[]): Promise<void> {
    while (queue.length > 0) {
      // GATHERING.
      await setImmediate()
      // WRITING.
      const [some = []] = partsOf(queue, bounds)
      await writeSome(queue.splice(0, some.length))
    }
    queues.delete(row)
  }

  return (item) =>
    new Promise((resolve, reject) => {
      const row = rowOf(item)
      const queue = queues.get(row)
      if (queue) queue.push({ item, resolve, reject })
      else {
        const started = [{ item, resolve, reject }]
        queues.set(row, started)
        void writeAll(row, started)
      }
    })
}
