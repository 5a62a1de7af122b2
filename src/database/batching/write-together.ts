import { setImmediate } from 'node:timers/promises'
import { isRefusal } from '../refused-statement.ts'

type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }

/** More in one statement save little, and would let the first wait for the last. */
const MAX_TOGETHER = 50
/** In characters: one statement must not fill the memory. */
const MAX_SIZE = 1_000_000

type Items<Item> = {
  /** What is written by each item, and makes them wait for each other. */
  rowOf: (item: Item) => number
  /** How long its texts are. */
  sizeOf: (item: Item) => number
}

/**
 * Writes that change the same row wait for each other in the database, each with its round trips and its commit. So
 * those that come while one runs are written together, by the next statement. What is written by `write` was committed when it
 * answers. When the database refuses what they would write, each is written by itself; another error is told to all.
 */
export function writeTogether<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
  { rowOf, sizeOf }: Items<Item>,
): (item: Item) => Promise<Result> {
  /** Of each row that is being written. */
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
      // One of them is to blame, and none was written.
      if (some.length > 1 && isRefusal(error)) for (const one of some) await writeSome([one])
      else for (const { reject } of some) reject(error)
    }
  }

  /** The first, and what fits beside it. */
  function takeSome(queue: Waiting<Item, Result>[]): Waiting<Item, Result>[] {
    let [count, size] = [0, 0]
    for (const { item } of queue) {
      size += sizeOf(item)
      if (count === MAX_TOGETHER || (count > 0 && size > MAX_SIZE)) break
      count++
    }
    return queue.splice(0, count)
  }

  async function writeAll(row: number, queue: Waiting<Item, Result>[]): Promise<void> {
    while (queue.length > 0) {
      // What else is asked for in this turn comes along.
      await setImmediate()
      await writeSome(takeSome(queue))
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
