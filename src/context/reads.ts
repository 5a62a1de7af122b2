// Where a request reads. Without replicas all of this does nothing.
import { replicas } from '../database/db.ts'
import type { Replica } from '../database/replicas/replica.ts'
import type { Context } from './context.ts'

/** Asks on first use, because a kept answer reads nothing. */
function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}

/** Lets a request that only reads do so from a replica that has whatever its viewer must not miss. */
export function mayReadReplicas(context: Context): Context {
  const all = replicas
  if (all) context.replica = once(() => all.forViewer(context.viewer))
  return context
}

/** Narrows the choice to replicas that fit. */
export function readReplicaThat(context: Context, fits: (replica: Replica) => Promise<boolean>): void {
  const all = replicas
  if (all && context.replica) context.replica = once(() => all.forViewer(context.viewer, fits))
}

/** Calls the function with the replica to read from. It is called at once where there is no choice. */
export const withReplica = <Value>(
  { replica }: Context,
  read: (replica: Replica | null) => Promise<Value>,
): Promise<Value> => (replica ? replica().then(read) : read(null))
