import DataLoader from 'dataloader'
import { type Context, perRequest } from '../context/context.ts'
import { withReplica } from '../context/reads.ts'
import { shareStatements } from '../database/batching/share-statements.ts'
import type { Replica } from '../database/replicas/replica.ts'
import { groupBy } from '../foundation/group-by.ts'

type Batches<Ask, Value> = {
  /** Two asks with the same name get the same value. */
  nameOf: (ask: Ask) => string
  /** Asks of the same kind are read by one statement. */
  kindOf: (ask: Ask) => string
  /** One value for each ask, in the order of the asks. */
  read: (alike: readonly Ask[], replica: Replica | null) => Promise<readonly Value[]>
}

/** Reads some asks, all from the same server. */
type ReadAsks<Ask, Value> = (asks: readonly Ask[], replica: Replica | null) => Promise<(Value | Error)[]>

/** What one server is asked for is read together. */
const nameAt = (replica: Replica | null, name: string) => (replica ? `${replica.name} ${name}` : name)

/** Collects what all requests ask for at the same time. One statement reads each kind, and the statements run side by side. */
export function readInBatches<Ask extends object, Value>({
  nameOf,
  kindOf,
  read,
}: Batches<Ask, Value>): ReadAsks<Ask, Value> {
  type Sent = { ask: Ask; replica: Replica | null }
  const readShared = shareStatements<Sent, Value>(
    async (all) => {
      const values = new Map<Sent, Value>()
      const readAlike = async (alike: Sent[]) => {
        const asks = alike.map(({ ask }) => ask)
        const found = await read(asks, alike[0]?.replica ?? null)
        for (const [at, sent] of alike.entries()) values.set(sent, found[at] as Value)
      }
      const kinds = groupBy(all, ({ ask, replica }) => nameAt(replica, kindOf(ask)))
      await Promise.all([...kinds.values()].map(readAlike))
      return all.map((sent) => values.get(sent) as Value)
    },
    ({ ask, replica }) => nameAt(replica, nameOf(ask)),
  )
  return (asks, replica) => readShared(asks.map((ask) => ({ ask, replica })))
}

/** Within a request each value is read once. */
export const oncePerRequest = <Ask, Value>(
  nameOf: (ask: Ask) => string,
  read: (asks: readonly Ask[], replica: Replica | null) => Promise<readonly (Value | Error)[]>,
): ((context: Context) => DataLoader<Ask, Value, string>) =>
  perRequest((context) => {
    const readAll = (asks: readonly Ask[]) => withReplica(context, (replica) => read(asks, replica))
    return new DataLoader<Ask, Value, string>(readAll, { cacheKeyFn: nameOf })
  })
