import type { Context } from '../context/context.ts'
import type { Replica } from '../database/replicas/replica.ts'
import { oncePerRequest, readInBatches } from './batches.ts'
import { noteChildren, type Plan, wholeRow } from './plan.ts'

type Ask<Key> = { key: Key; plan: Plan }

export type RowsByKey<Key, Row> = {
  (
    context: Context,
  ): {
    /** Null when there is no row. Within a request each row is read once. */
    load: (key: Key, plan?: Plan) => Promise<Row | null>
    /** Says which row has this key, so that it is not read. */
    prime: (key: Key, row: Row) => void
  }
  /** Reads the row as it is now, because the request itself may have written to it since it read it. */
  anew: (key: Key, plan?: Plan) => Promise<Row | null>
}

type KeyedRows<Key, Row> = {
  nameOf: (key: Key) => string
  /** The row of each key, in the order of the keys. */
  read: (keys: readonly Key[], plan: Plan, replica: Replica | null) => Promise<readonly (Row | null)[]>
}

/** Reads rows by a key. One statement reads all keys that are asked for with the same plan. */
export function rowsByKey<Key, Row extends object>({ nameOf, read }: KeyedRows<Key, Row>): RowsByKey<Key, Row> {
  const nameOfAsk = ({ key, plan }: Ask<Key>) => `${nameOf(key)} ${plan.key}`
  const readAll = readInBatches<Ask<Key>, Row | null>({
    nameOf: nameOfAsk,
    kindOf: ({ plan }) => plan.key,
    async read(alike, replica) {
      const plan = alike[0]?.plan ?? wholeRow
      const rows = await read(
        alike.map(({ key }) => key),
        plan,
        replica,
      )
      for (const row of rows) if (row) noteChildren(row, plan)
      return rows
    },
  })
  const loaders = oncePerRequest(nameOfAsk, readAll)
  const ofRequest = (context: Context) => {
    const loader = loaders(context)
    return {
      load: (key: Key, plan = wholeRow) => loader.load({ key, plan }),
      prime: (key: Key, row: Row) => void loader.prime({ key, plan: wholeRow }, row),
    }
  }
  const anew = async (key: Key, plan = wholeRow) => {
    const [row = null] = await readAll([{ key, plan }], null)
    if (row instanceof Error) throw row
    return row
  }
  return Object.assign(ofRequest, { anew })
}
