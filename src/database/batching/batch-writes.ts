import { setImmediate } from 'node:timers/promises'
import { partsOf } from '../../foundation/parts.ts'
import { isRefusal } from '../refused-statement.ts'

type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }

/** More writes in one statement save little, and the first would wait for the last. */
const MAX_TOGETHER = 50
/** The most characters of one statement, because a statement must not fill the memory. */
const MAX_SIZE = 1_000_000

type Items<Item> = {
  /** The row that the item changes. Writes of the same row wait for each other. */
  rowOf: (item: Item) => number
  /** The number of characters in the item's texts. */
  sizeOf: (item: Item) => number
}

/**
 * Writes that change the same row wait for each other in the database, each with its round trips and its commit. So the next statement
 * writes all items that come while a statement runs. `write` answers when its items are committed.
 *
 * Each row is in one of these states:
 *
 * - IDLE: the row has no queue. The first item makes a queue, and the row is GATHERING.
 * - GATHERING: items join the queue until the end of this turn of the event loop. Then the first items, as many as fit into one
 *   statement, leave the queue, and the row is WRITING.
 * - WRITING: the statement runs, and new items join the queue. When the statement answers, each of its items gets its result. If the
 *   database refuses a statement with several items, the row is APART. Any other error goes to all items of the statement. Then the row
 *   is GATHERING if items are in the queue, and otherwise IDLE.
 * - APART: nothing was written, because one item is at fault. Each item is written by a statement of its own, in the same order, and
 *   gets its own result or error. New items join the queue meanwhile. Then the row goes on as after WRITING.
 */
export function batchWrites<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
  { rowOf, sizeOf }: Items<Item>,
): (item: Item) => Promise<Result> {
  const bounds = { most: MAX_TOGETHER, maxSize: MAX_SIZE, sizeOf: ({ item }: Waiting<Item, Result>) => sizeOf(item) }
  /** The queue of each row. An IDLE row has no queue. */
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
