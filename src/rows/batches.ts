import DataLoader from 'dataloader'
import { type Context, perRequest } from '../context/context.ts'
import { shareStatements } from '../database/batching/share-statements.ts'
import { groupBy } from '../foundation/group-by.ts'

type Batches<Ask, Value> = {
  /** Two asks with the same name get the same value. */
  nameOf: (ask: Ask) => string
  /** Asks of the same kind are read by one statement. */
  kindOf: (ask: Ask) => string
  /** One value for each ask, in the order of the asks. */
  read: (alike: readonly Ask[]) => Promise<readonly Value[]>
}

/** Collects what all requests ask for at the same time. One statement reads each kind, and the statements run side by side. */
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

/** Within a request each value is read once. */
export const oncePerRequest = <Ask, Value>(
  nameOf: (ask: Ask) => string,
  read: (asks: readonly Ask[]) => Promise<readonly (Value | Error)[]>,
): ((context: Context) => DataLoader<Ask, Value, string>) =>
  perRequest(() => new DataLoader<Ask, Value, string>(read, { cacheKeyFn: nameOf }))
