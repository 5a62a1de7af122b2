import { setImmediate } from 'node:timers/promises'
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
 * Collects the writes that arrive while another write of the same row runs, and writes them with the next statement. Alone, each
 * would wait in the database for the round trips and the commit of the one before. `write` resolves after its commit. When the
 * database refuses a statement, each of its items is written alone. Any other error rejects all items.
 */
export function writeTogether<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
  { rowOf, sizeOf }: Items<Item>,
): (item: Item) => Promise<Result> {
  /** A queue for each row that is being written. */
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
      // One item is to blame, and nothing was written.
      if (some.length > 1 && isRefusal(error)) for (const one of some) await writeSome([one])
      else for (const { reject } of some) reject(error)
    }
  }

  /** Takes the first item, and further items up to the bounds. */
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
      // Waits a turn, so that other writes of the same turn join the statement.
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
