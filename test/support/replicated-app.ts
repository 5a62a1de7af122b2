import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, beforeAll } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { connectReplicas, replicas } from '../../src/database/db.ts'
import { migrate } from '../../src/database/migrations/migrate.ts'
import type { ReadTarget } from '../../src/database/replicas/replicas.ts'
import { migrateJobs } from '../../src/jobs/migrate-jobs.ts'
import { until } from '../process/serve-world.ts'
import { type TestApp, useApp } from './app.ts'
import { type PostgresServer, startPostgres, startStandby } from './postgres-servers.ts'

const migrationsDir = path.join(fileURLToPath(new URL('../..', import.meta.url)), 'prisma', 'migrations')

export type ReplicatedApp = TestApp & {
  primary: PostgresServer
  standby: PostgresServer
  /** Where the requests that `run` sends read, and the statements that the standby got. */
  readsOf: (run: () => Promise<unknown>) => Promise<{ targets: ReadTarget[]; statements: string[] }>
  /** How many reads have gone there so far. */
  readsTo: (to: ReadTarget) => number
  /** Lets the standby replay nothing while the function runs. */
  whilePaused: <Result>(run: () => Promise<Result>) => Promise<Result>
  /** Waits until the standby has everything that the primary has now. */
  caughtUp: () => Promise<void>
}

const positionOf = async ({ url }: PostgresServer, sql: string): Promise<number> =>
  withConnection(url, async (client) => {
    const { rows } = await client.query<{ n: number }>(`SELECT pg_wal_lsn_diff(${sql}, '0/0')::float8 AS n`)
    return rows[0]?.n ?? Number.NaN
  })

const run = (server: PostgresServer, sql: string) => withConnection(server.url, (client) => client.query(sql))

/** A test app on a database of its own, with a standby that answers reads. */
export function useReplicatedApp({ maxLagMs = 60_000 } = {}): ReplicatedApp {
  const ends: (() => Promise<void>)[] = []
  const atEnd = (end: () => Promise<void>) => void ends.push(end)
  const targets: ReadTarget[] = []
  const statements: string[] = []
  const endAll = async () => {
    for (const end of ends.reverse()) await end()
  }
  const app = useApp({
    async database() {
      const primary = await startPostgres({ atEnd })
      await migrate({ url: primary.url, migrationsDir })
      await migrateJobs(primary.url)
      Object.assign(app, { primary })
      return { url: primary.url, drop: endAll }
    },
  }) as ReplicatedApp
  let close = async () => {}
  beforeAll(async () => {
    const { primary } = app
    const standby = await startStandby(primary, { atEnd })
    close = connectReplicas({
      ...{ url: standby.url, maxLagMs, log: pino({ level: 'silent' }) },
      onStatement: (text) => void statements.push(text),
      onRead: (to) => void targets.push(to),
    })
    await until(() => replicas?.all.every(({ isUsable }) => isUsable) ?? false)
    const caughtUp = async () => {
      const written = await positionOf(primary, 'pg_current_wal_insert_lsn()')
      await until(async () => (await positionOf(standby, 'pg_last_wal_replay_lsn()')) >= written)
    }
    Object.assign(app, {
      standby,
      caughtUp,
      readsTo: (to: ReadTarget) => targets.filter((target) => target === to).length,
      async whilePaused<Result>(work: () => Promise<Result>) {
        await caughtUp()
        await run(standby, 'SELECT pg_wal_replay_pause()')
        await until(async () => {
          const { rows } = await run(standby, 'SELECT pg_get_wal_replay_pause_state() AS state')
          return rows[0]?.state === 'paused'
        })
        try {
          return await work()
        } finally {
          await run(standby, 'SELECT pg_wal_replay_resume()')
        }
      },
      async readsOf(work: () => Promise<unknown>) {
        const before = [targets.length, statements.length] as const
        await work()
        // Looking at the standby is no read of a request.
        const sent = statements.slice(before[1]).filter((text) => !text.includes('replicas.replayed'))
        return { targets: targets.slice(before[0]), statements: sent }
      },
    } satisfies Partial<ReplicatedApp>)
  }, 60_000)
  afterAll(() => close())
  return app
}
