import DataLoader from 'dataloader'
import { type Context, perRequest } from '../context.ts'
import { shareStatements } from '../database/share-statements.ts'
import { groupBy } from '../group-by.ts'
import { nameValues, type Prefetch, type Prefetched, prefetchKey } from './prefetch.ts'

type Wanted<Key> = {
  key: Key
  /** What is read along with the row. */
  prefetch: readonly Prefetch[]
}

type Source<Key, Row> = {
  /** Of a key, and of the row that it finds: the same text. */
  nameOf: (key: Key | Row) => string
  read: (keys: readonly Key[], prefetch: readonly Prefetch[]) => Promise<(Row & Prefetched)[]>
}

export type RowLoader<Key, Row> = {
  /** Reads each row once per request. */
  load: (context: Context, wanted: Wanted<Key>) => Promise<(Row & Prefetched) | null>
  /** Asked anew each time: the request itself may have written it since it asked. */
  loadAnew: (wanted: Wanted<Key>) => Promise<(Row & Prefetched) | null>
}

/** Rows by a key: one statement for all keys that want the same read along, asked by any request; null without a row. */
export function rowLoader<Key extends object, Row extends object>({
  nameOf,
  read,
}: Source<Key, Row>): RowLoader<Key, Row> {
  const nameOfWanted = ({ key, prefetch }: Wanted<Key>) => `${nameOf(key)} ${prefetchKey(prefetch)}`
  const readAll = shareStatements<Wanted<Key>, (Row & Prefetched) | null>(async (all) => {
    const found = new Map<string, Row & Prefetched>()
    const readAlike = async (alike: Wanted<Key>[]) => {
      const prefetch = alike[0]?.prefetch ?? []
      const keys = alike.map(({ key }) => key)
      const name = nameValues(prefetch)
      for (const row of await read(keys, prefetch)) {
        name(row)
        found.set(`${nameOf(row)} ${prefetchKey(prefetch)}`, row)
      }
    }
    await Promise.all([...groupBy(all, ({ prefetch }) => prefetchKey(prefetch)).values()].map(readAlike))
    return all.map((wanted) => found.get(nameOfWanted(wanted)) ?? null)
  }, nameOfWanted)
  const loaders = perRequest(() => new DataLoader(readAll, { cacheKeyFn: nameOfWanted }))
  return {
    load: (context, wanted) => loaders(context).load(wanted),
    async loadAnew(wanted) {
      const [row = null] = await readAll([wanted])
      if (row instanceof Error) throw row
      return row
    },
  }
}
