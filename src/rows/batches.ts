import DataLoader from 'dataloader'
import { type Context, perRequest } from '../context/context.ts'
import { shareStatements } from '../database/batching/share-statements.ts'
import { groupBy } from '../foundation/group-by.ts'

type Batches<Ask, Value> = {
  /** Two asks with the same name get the same value. */
  nameOf: (ask: Ask) => string
  /** Asks of the same kind are read by one statement. */
  kindOf: (ask: Ask) => string
  /** One value for each, in their order. */
  read: (alike: readonly Ask[]) => Promise<readonly Value[]>
}

/** Reads what is asked for at once, by any request: a statement for each kind, which runs beside those of the other kinds. */
export function readInBatches<Ask extends object, Value>({ nameOf, kindOf, read }: Batches<Ask, Value>) {
  return shareStatements<Ask, Value>(async (asks) => {
    const values = new Map<Ask, Value>()
    const readAlike = async (alike: Ask[]) => {
      const found = await read(alike)
      for (const [at, ask] of alike.entries()) values.set(ask, found[at] as Value)
    }
    await Promise.all([...groupBy(asks, kindOf).values()].map(readAlike))
    return asks.map((ask) => values.get(ask) as Value)
  }, nameOf)
}

/** A request reads each value once. */
export const oncePerRequest = <Ask, Value>(
  nameOf: (ask: Ask) => string,
  read: (asks: readonly Ask[]) => Promise<readonly (Value | Error)[]>,
): ((context: Context) => DataLoader<Ask, Value, string>) =>
  perRequest(() => new DataLoader<Ask, Value, string>(read, { cacheKeyFn: nameOf }))
