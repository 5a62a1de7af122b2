import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, inject } from 'vitest'
import { type AppParts, createApp } from '../../src/app.ts'
import { createAuthenticator } from '../../src/authentication/authenticate.ts'
import type { Config } from '../../src/config.ts'
import type { ReleaseChanges } from '../../src/context/release-changes.ts'
import { withConnection } from '../../src/database/connections/connection.ts'
import { connectDatabase } from '../../src/database/db.ts'
import type { GitProcessBounds } from '../../src/git/git-process-bounds.ts'
import { createRepositories, type Repositories } from '../../src/git/open-repositories.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { showAlive } from '../../src/idempotency/holder.ts'
import type { ArchiveBounds } from '../../src/modules/archives/archive-bounds.ts'
import { type Archives, createArchives } from '../../src/modules/archives/archives.ts'
import { createReleaseChanges } from '../../src/modules/live/hear-release-changes.ts'
import { reachable } from '../../src/outgoing/reachable.ts'
import { openRateLimits, type RateLimitSettings } from '../../src/request/rate-limits/open-rate-limits.ts'
import { DEFAULT_POINTS } from '../../src/request/rate-limits/settings.ts'
import { TrustProxy } from '../../src/request/trusted-proxies.ts'
import { schema } from '../../src/schema.ts'
import type { FileStorage } from '../../src/storage/file-storage.ts'
import { createLocalStorage } from '../../src/storage/local-storage.ts'
import { explain, type Statement, type Step, timeOf } from '../database/explain.ts'
import { createDatabase, type TestDatabase } from './database.ts'

export type TestApp = {
  /** The address at which the server listens, with which absolute URLs begin. */
  url: string
  repositories: Repositories
  repositoriesDir: string
  archives: Archives
  archivesDir: string
  storage: FileStorage
  packagesDir: string
  changes: ReleaseChanges
  databaseUrl: string
  /** The SQL statements that `run` caused, in order. */
  statementsOf: (run: () => Promise<unknown>) => Promise<string[]>
  /** The steps that PostgreSQL takes for the statements that read. */
  stepsOf: (run: () => Promise<unknown>) => Promise<Step[]>
  /** How many milliseconds the database needs for the slowest statement that reads. */
  databaseTimeOf: (run: () => Promise<unknown>) => Promise<number>
  /** The lines logged since the start. */
  logged: () => Record<string, unknown>[]
}

/** GraphQL as a server without configuration has it. */
export const graphqlParts = {
  ...{ schema, responseCache: true, trustedDocuments: null, graphiql: true },
  introspection: 'on',
  oidc: null,
  sessions: { idleSeconds: 7 * 24 * 60 * 60, seconds: 30 * 24 * 60 * 60 },
} satisfies Partial<AppParts>

export type AppOptions = {
  jwtIssuers?: () => Config['jwtIssuers']
  /** The value of the environment variable. Without it: no proxy is trusted. */
  trustProxy?: string
  /** Points in a minute; null: no limits. */
  rateLimits?: Partial<RateLimitSettings> | null
  gitProcesses?: GitProcessBounds
  gitIdleMs?: number
  archiveBounds?: Partial<ArchiveBounds>
  metricsToken?: string
  uploadMaxBytes?: number
  oidc?: () => AppParts['oidc']
  /** Makes the database of the file. Without it: a clone on the server of the run. */
  database?: () => Promise<TestDatabase>
  /** Private addresses that the server may ask on somebody's behalf. */
  allowedPrivateAddresses?: readonly string[]
}

/** The HTTP server of a test file, with a database and a folder of its own. */
export function useApp(options: AppOptions = {}): TestApp {
  const app = {} as TestApp
  let close = async () => {}
  beforeAll(async () => {
    close = await start(app, options)
    // A server of its own takes longer than a clone.
  }, options.database && 60_000)
  afterAll(async () => {
    await close()
    // The modules of all files of a worker stay in memory, and so would every server with what it has kept. Git starts slowly from a
    // large process.
    close = async () => {}
    for (const part of Object.keys(app)) delete app[part as keyof TestApp]
  })
  return app
}

async function start(app: TestApp, options: AppOptions): Promise<() => Promise<void>> {
  const { jwtIssuers = () => [], trustProxy, rateLimits = {} } = options
  const { gitProcesses: processes, gitIdleMs, archiveBounds: bounds, metricsToken = null, uploadMaxBytes } = options
  const database = await (options.database ?? createDatabase)()
  const statements: Statement[] = []
  const sentBy = async (run: () => Promise<unknown>) => {
    const before = statements.length
    await run()
    return statements.slice(before)
  }
  const lines: string[] = []
  const onStatement = (text: string, values: string) => void statements.push({ text, values: JSON.parse(values) })
  const client = connectDatabase({ url: database.url, onStatement })
  const log = pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(line) })
  const repositoriesDir = path.join(inject('scratch'), path.basename(new URL(database.url).pathname))
  const repositories = createRepositories({ directory: repositoriesDir, log, ...(processes ? { processes } : {}) })
  const archivesDir = `${repositoriesDir}-archives`
  const packagesDir = `${repositoriesDir}-packages`
  const storage = createLocalStorage(packagesDir)
  const archives = await createArchives({ directory: archivesDir, storage, log, ...(bounds ? { bounds } : {}) })
  const changes = createReleaseChanges({ url: database.url, log })
  const alive = await showAlive({ url: database.url, log })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const authenticate = createAuthenticator({ jwtIssuers: jwtIssuers() })
  const metrics = createMetrics()
  const service = { metrics, metricsToken, unready: async () => null }
  const settings = rateLimits && { ...DEFAULT_POINTS, ...rateLimits }
  const limits = openRateLimits({ settings, url: null, metrics, log })
  server.on(
    'request',
    createApp({
      ...graphqlParts,
      trustProxy: TrustProxy.parse(trustProxy),
      rateLimits: limits.rateLimits,
      authenticate,
      baseUrl: url,
      repositories,
      archives,
      storage,
      changes,
      mayReach: reachable(options.allowedPrivateAddresses ?? []),
      log,
      ...(gitIdleMs ? { gitIdleMs } : {}),
      ...(uploadMaxBytes ? { uploadMaxBytes } : {}),
      ...service,
      ...(options.oidc ? { oidc: options.oidc() } : {}),
    }),
  )
  const eachRead = async <T>(
    run: () => Promise<unknown>,
    explainIt: (client: Client, statement: Statement) => Promise<T>,
  ) => {
    const reading = (await sentBy(run)).filter(({ text }) => /^\s*SELECT/.test(text))
    return withConnection(database.url, async (client) => {
      const explained: T[] = []
      for (const statement of reading) explained.push(await explainIt(client, statement))
      return explained
    })
  }
  Object.assign(app, {
    url,
    repositories,
    repositoriesDir,
    archives,
    archivesDir,
    storage,
    packagesDir,
    changes,
    databaseUrl: database.url,
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    statementsOf: async (run) => (await sentBy(run)).map(({ text }) => text),
    stepsOf: async (run) => (await eachRead(run, explain)).flat().filter((step) => step['Actual Loops'] > 0),
    databaseTimeOf: async (run) => Math.max(...(await eachRead(run, timeOf))),
  } satisfies TestApp)
  return async () => {
    await changes.close()
    await alive.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await repositories.close()
    await client.$disconnect()
    await database.drop()
  }
}
