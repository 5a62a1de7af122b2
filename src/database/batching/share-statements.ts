import cluster from 'node:cluster'
import DataLoader from 'dataloader'

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * More at once of one kind would only make the statements smaller: two cores of a database are busy with so many, whether one
 * process sends them or several.
 */
const STATEMENTS_AT_ONCE = cluster.isWorker ? 1 : 2

/**
 * Requests that are in flight together share their statements: what is asked for while enough statements of this kind
 * run waits for the next one. Nothing is kept, and no statement begins before it was asked for: so each request reads
 * what was committed before it came.
 */
export function shareStatements<Key, Value>(
  read: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
  identity: (key: Key) => string | number,
): (keys: readonly Key[]) => Promise<(Value | Error)[]> {
  let running = 0
  /** How many asked for what was read last. */
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
  // One after another: of those that waited together, each is answered before the next begins, so that what they build is not
  // in memory all at once, which would be most of the garbage collector's work.
  return async (keys) => {
    const values = await shared.loadMany(keys)
    if (asking > keys.length) await nextTurn()
    return values
  }
}
