import cluster from 'node:cluster'
import DataLoader from 'dataloader'

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * The number of statements of one kind that run at once. They keep two cores of a database busy, whether one process sends them
 * or several. More at once would only make each statement smaller.
 */
const STATEMENTS_AT_ONCE = cluster.isWorker ? 1 : 2

/**
 * Requests that are in flight together share their statements. Nothing is kept, and no statement begins before it was asked for, so
 * each request reads what was committed before it came.
 *
 * What is shared by one call of `shareStatements` is one kind of statement, which is always in one of these states:
 *
 * - FREE: another statement of the kind may run. The first request opens a batch, and requests in the same turn of the event loop join
 *   the batch. At the end of the turn a statement reads the batch. If no further statement may run then, the kind is FULL.
 * - FULL: as many statements run as may run. The first request opens a batch, which waits, and all further requests join the batch. When
 *   a statement ends, the next statement reads the waiting batch at once, and the kind stays FULL. Without a waiting batch it is FREE.
 *
 * In both states at most one batch is open. A statement that fails gives its error to all requests in its batch. It changes the state
 * like a statement that ends.
 */
export function shareStatements<Key, Value>(
  read: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
  identity: (key: Key) => string | number,
): (keys: readonly Key[]) => Promise<(Value | Error)[]> {
  let running = 0
  /** The number of keys, duplicates included, that the last statement answered. */
  let asking = 0
  let waiting: (() => void) | null = null

  async function readOnce(keys: readonly Key[]): Promise<(Value | Error)[]> {
    running++
    try {
      const unique = new Map(keys.map((key) => [identity(key), key]))
      const values = await read([...unique.values()])
      asking = keys.length
      const found = new Map([...unique.keys()].map((id, at) => [id, values[at] as Value | Error]))
      return keys.map((key) => found.get(identity(key)) as Value | Error)
    } finally {
      running--
      const next = waiting
      waiting = null
      next?.()
    }
  }

  const shared = new DataLoader<Key, Value>(readOnce, {
    cache: false,
    batchScheduleFn(dispatch) {
      if (running < STATEMENTS_AT_ONCE) setImmediate(dispatch)
      else waiting = dispatch
    },
  })
  // The requests that shared a statement go on in separate turns, so that their answers are not all in memory at once. Otherwise
  // they would be most of the garbage collector's work.
  return async (keys) => {
    const values = await shared.loadMany(keys)
    if (asking > keys.length) await nextTurn()
    return values
  }
}
