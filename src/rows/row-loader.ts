import DataLoader from 'dataloader'
import { type Context, perRequest } from '../context/context.ts'
import { shareStatements } from '../database/batching/share-statements.ts'
import { groupBy } from '../foundation/group-by.ts'
import { notePrefetched, type Prefetched, type Wants, wholeRow } from './prefetch.ts'

type Ask<Key> = {
  key: Key
  wants: Wants
}

type Source<Key, Row> = {
  /** Of a key, and of the row that it finds: the same text. */
  nameOf: (key: Key | Row) => string
  read: (keys: readonly Key[], wants: Wants) => Promise<(Row & Prefetched)[]>
}

export type RowLoader<Key, Row> = {
  /** Reads each row once per request. */
  load: (context: Context, ask: Ask<Key>) => Promise<(Row & Prefetched) | null>
  /** Asked anew each time: the request itself may have written it since it asked. */
  loadAnew: (ask: Ask<Key>) => Promise<(Row & Prefetched) | null>
}

/** Rows by a key: one statement for all keys that want the same read along, asked by any request; null without a row. */
export function rowLoader<Key extends object, Row extends object>({
  nameOf,
  read,
}: Source<Key, Row>): RowLoader<Key, Row> {
  const nameOfAsk = ({ key, wants }: Ask<Key>) => `${nameOf(key)} ${wants.key}`
  const readAll = shareStatements<Ask<Key>, (Row & Prefetched) | null>(async (all) => {
    const found = new Map<string, Row & Prefetched>()
    const readAlike = async (alike: Ask<Key>[]) => {
      const wants = alike[0]?.wants ?? wholeRow
      const keys = alike.map(({ key }) => key)
      for (const row of await read(keys, wants)) {
        notePrefetched(row, wants)
        found.set(`${nameOf(row)} ${wants.key}`, row)
      }
    }
    await Promise.all([...groupBy(all, ({ wants }) => wants.key).values()].map(readAlike))
    return all.map((ask) => found.get(nameOfAsk(ask)) ?? null)
  }, nameOfAsk)
  const loaders = perRequest(() => new DataLoader(readAll, { cacheKeyFn: nameOfAsk }))
  return {
    load: (context, ask) => loaders(context).load(ask),
    async loadAnew(ask) {
      const [row = null] = await readAll([ask])
      if (row instanceof Error) throw row
      return row
    },
  }
}
