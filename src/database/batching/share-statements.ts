import cluster from 'node:cluster'
import DataLoader from 'dataloader'

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * The number of statements of one kind that run at once. They keep two cores of a database busy, whether one process sends them
 * or several. More at once would only make each statement smaller.
 */
const STATEMENTS_AT_ONCE = cluster.isWorker ? 1 : 2

/**
 * Requests that are in flight together share statements. A request that comes while enough statements of its kind run waits for
 * the next statement. No value is cached, and a statement begins only after the requests that it serves, so each request reads
 * everything that was committed before it came.
 */
export function shareStatements<Key, Value>(
  read: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
  identity: (key: Key) => string | number,
): (keys: readonly Key[]) => Promise<(Value | Error)[]> {
  let running = 0
  /** The number of keys, duplicates included, that the last statement answered. */
  let asking = 0
  const waiting: (() => void)[] = []

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
      waiting.shift()?.()
    }
  }

  const shared = new DataLoader<Key, Value>(readOnce, {
    cache: false,
    batchScheduleFn: (dispatch) =>
      void (running < STATEMENTS_AT_ONCE ? setImmediate(dispatch) : waiting.push(dispatch)),
  })
  // The requests that shared a statement go on in separate turns, so that their answers are not all in memory at once. Otherwise
  // they would be most of the garbage collector's work.
  return async (keys) => {
    const values = await shared.loadMany(keys)
    if (asking > keys.length) await nextTurn()
    return values
  }
}
