// Standbys of the database that answer reads of viewers. Everything else asks the primary: who asks and with which roles, writes and what
// they read, jobs, and the versions that decide whether a replica may answer.
import { setTimeout } from 'node:timers/promises'
import type { Viewer } from '../../access/viewer.ts'
import type { PrismaClient } from '../../generated/prisma/client.ts'
import { replicaAddresses } from '../connections/database-url.ts'
import { Replica, type ReplicaOptions, writtenPlace } from './replica.ts'
import { readVersions, scopesOf } from './versions.ts'

export type { Replica } from './replica.ts'

/** A replica that is away or behind is looked at again after this time. */
const LOOK_MS = 1_000

type Fits = (replica: Replica) => Promise<boolean>

export type Replicas = {
  /**
   * A replica that fits, has the viewer's own writes, and has whatever was taken from anybody. Null: only the primary will do.
   */
  forViewer: (viewer: Viewer, fits?: Fits) => Promise<Replica | null>
  all: readonly Replica[]
  close: () => Promise<void>
}

/** Where the reads of a request go: to a replica, to the primary because no replica fits, or again to the primary. */
export type ReadTarget = 'replica' | 'primary' | 'again'

export type ReplicasOptions = Omit<ReplicaOptions, 'name' | 'onRepeat'> & {
  primary: () => PrismaClient
  onRead?: (to: ReadTarget) => void
}

export function createReplicas({ url, primary, onRead, ...options }: ReplicasOptions): Replicas {
  const onRepeat = () => onRead?.('again')
  const all = replicaAddresses(url).map((address) => new Replica({ ...options, ...address, onRepeat }))
  let [turn, closed] = [0, false]

  async function watch(replica: Replica): Promise<void> {
    while (!closed) {
      // While the primary is away nothing is known, and no request gets as far as reading.
      const written = await writtenPlace(primary()).catch(() => null)
      if (written) await replica.look(written, performance.now())
      await setTimeout(LOOK_MS, undefined, { ref: false })
    }
  }
  for (const replica of all) void watch(replica)

  /** The usable replicas, each first in turn. */
  function inTurn(): Replica[] {
    turn++
    const usable = all.filter(({ isUsable }) => isUsable)
    return usable.map((_, at) => usable[(at + turn) % usable.length] as Replica)
  }

  async function find(fits: Fits): Promise<Replica | null> {
    for (const replica of inTurn()) {
      // A replica that fails does not fit.
      if (!(await fits(replica).catch(() => false))) continue
      onRead?.('replica')
      return replica
    }
    onRead?.('primary')
    return null
  }

  return {
    async forViewer(viewer, fits = async () => true) {
      if (!all.some(({ isUsable }) => isUsable)) return find(async () => false)
      // Read after the request has come, so nothing that was written before it is missed.
      const versions = await readVersions(primary(), scopesOf(viewer))
      return find(async (replica) => (await replica.has(versions)) && (await fits(replica)))
    },
    all,
    async close() {
      closed = true
      await Promise.all(all.map(({ client }) => client.$disconnect()))
    },
  }
}
