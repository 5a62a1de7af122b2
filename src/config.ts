import { isIPv6 } from 'node:net'
import path from 'node:path'
import { z } from 'zod'
import { JwtIssuers } from './authentication/jwt-issuers.ts'
import { parseDatabaseUrl, WrongAddress } from './database/connections/database-url.ts'
import { MAX_ANSWER_BYTES } from './foundation/limits.ts'
import { StartError } from './foundation/start-error.ts'
import { gitProcessBounds } from './git/git-process-bounds.ts'
import { archiveBounds } from './modules/archives/archive-bounds.ts'
import { MAX_UPLOAD_BYTES } from './modules/uploads/upload-bounds.ts'
import { PrivateAddresses } from './outgoing/reachable.ts'
import { DEFAULT_POINTS, PointsInAMinute } from './request/rate-limits/settings.ts'
import { TrustProxy } from './request/trusted-proxies.ts'
import { StorageLocation } from './storage/storage-location.ts'

/** Refuses variables that only a later version will read, because a value would have no effect. */
const notYet = (name: string) =>
  z.undefined({ error: `${name} is not supported by this version: remove it` }).optional()

const blankIsAbsent = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))

// The smallest limit fits any one text of a release. The largest is far below the longest text that Node can hold.
const SMALLEST_ANSWER_BYTES = 6_000_000
const LARGEST_ANSWER_BYTES = 100_000_000

const webUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })

/** The URL of a database with one host or several. */
const databaseUrl = z.string().superRefine((text, context) => {
  try {
    parseDatabaseUrl(text)
  } catch (error) {
    if (!(error instanceof WrongAddress)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

function wholeNumber(least: number, most: number) {
  const error = `must be a number from ${least} to ${most}`
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error)
}

const MIB = 1024 ** 2
const TIB = 1024 ** 4
const MAX_PROCESSES = 1000
const MAX_DAYS = 36_500
const DEFAULT_ADDRESS_DAYS = 90
const MAX_SESSION_DAYS = 365
const MAX_ISSUER = 255
const DEFAULT_SESSION = { idle: 7, days: 30 } as const
const DAY_SECONDS = 24 * 60 * 60

const Environment = z.object({
  NODE_ENV: z.string().default('development'),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_DIRECT_URL: databaseUrl.optional(),
  DATABASE_READ_URL: notYet('DATABASE_READ_URL'),
  DATA_DIR: z.string().default('.waybill'),
  REPOSITORIES_DIR: z.string().optional(),
  STORAGE: StorageLocation,
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4000),
  STOP_DELAY_SECONDS: wholeNumber(0, 600).default(0),
  BASE_URL: webUrl.transform((url) => url.replace(/\/+$/, '')).optional(),
  TRUST_PROXY: TrustProxy,
  JWT_ISSUERS: JwtIssuers,
  SMTP_URL: notYet('SMTP_URL'),
  OIDC_ISSUER: webUrl.max(MAX_ISSUER, `must have at most ${MAX_ISSUER} characters`).optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_SCOPES: z
    .string()
    .regex(/^openid(?: \S+)*$/, 'must begin with openid')
    .default('openid profile email'),
  OIDC_CREATE_ACCOUNTS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
  WORKERS: wholeNumber(1, 64).default(1),
  GRAPHIQL: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  INTROSPECTION: z.enum(['on', 'signed-in', 'off'], { error: 'must be on, signed-in or off' }).default('on'),
  TRUSTED_DOCUMENTS: z.string().optional(),
  RATE_LIMITS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  RATE_LIMIT_ACCOUNT: PointsInAMinute.default(DEFAULT_POINTS.account),
  RATE_LIMIT_ADDRESS: PointsInAMinute.default(DEFAULT_POINTS.address),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'must have at least 16 characters, printable ASCII without spaces')
    .optional(),
  RESPONSE_CACHE: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  ARCHIVE_MAX_BYTES: wholeNumber(MIB, TIB).default(archiveBounds.maxBytes),
  ARCHIVE_MAX_FILES: wholeNumber(1, 100_000_000).default(archiveBounds.maxFiles),
  ARCHIVE_MAX_SECONDS: wholeNumber(1, 24 * 60 * 60).default(archiveBounds.maxSeconds),
  ARCHIVE_MAX_MEMORY: wholeNumber(64 * MIB, TIB).default(archiveBounds.maxMemory),
  ARCHIVES_MAX_BYTES: wholeNumber(MIB, 1024 * TIB).default(archiveBounds.folderBytes),
  ARCHIVE_BUILDS: wholeNumber(1, MAX_PROCESSES).default(archiveBounds.running),
  ARCHIVE_BUILDS_PER_VIEWER: wholeNumber(1, MAX_PROCESSES).default(archiveBounds.perCaller),
  GIT_PROCESSES: wholeNumber(1, MAX_PROCESSES).default(gitProcessBounds.running),
  GIT_PROCESSES_PER_VIEWER: wholeNumber(1, MAX_PROCESSES).default(gitProcessBounds.perCaller),
  ALLOWED_PRIVATE_ADDRESSES: PrivateAddresses,
  GIT_IDLE_SECONDS: wholeNumber(1, 60 * 60).default(60),
  UPLOAD_MAX_BYTES: wholeNumber(1, TIB).default(MAX_UPLOAD_BYTES),
  AUDIT_ADDRESS_DAYS: wholeNumber(1, MAX_DAYS).default(DEFAULT_ADDRESS_DAYS),
  SESSION_IDLE_DAYS: wholeNumber(1, MAX_SESSION_DAYS).default(DEFAULT_SESSION.idle),
  SESSION_DAYS: wholeNumber(1, MAX_SESSION_DAYS).default(DEFAULT_SESSION.days),
  MAX_ANSWER_BYTES: wholeNumber(SMALLEST_ANSWER_BYTES, LARGEST_ANSWER_BYTES).default(MAX_ANSWER_BYTES),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
})

/** All variables that are read or reserved. A test compares docs/operate/configuration.md and .env.example with the list. */
export const variableNames: readonly string[] = Object.keys(Environment.shape)

/** The configuration of this process, read once from the environment. */
export type Config = ReturnType<typeof loadConfig>

/** The address of the server as its clients know it, without a trailing slash. */
export const baseUrlOf = ({ baseUrl, host, port }: Pick<Config, 'baseUrl' | 'host' | 'port'>): string =>
  baseUrl ?? `http://${isIPv6(host) ? `[${host}]` : host}:${port}`

/** The provider at which people may sign in; null for none. */
function oidcOf(value: z.infer<typeof Environment>) {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = value
  if (issuer !== undefined && clientId !== undefined && clientSecret !== undefined) {
    const createsAccounts = value.OIDC_CREATE_ACCOUNTS === 'on'
    return { issuer, clientId, clientSecret, scopes: value.OIDC_SCOPES, createsAccounts }
  }
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return null
  throw new StartError('Wrong configuration: OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together')
}

/** How people sign in with a browser. */
const signInOf = (value: z.infer<typeof Environment>) => ({
  /** When the sessions of browsers end. */
  sessions: {
    idleSeconds: value.SESSION_IDLE_DAYS * DAY_SECONDS,
    seconds: value.SESSION_DAYS * DAY_SECONDS,
  },
  oidc: oidcOf(value),
})

/** Throws a StartError with one line that names every wrong variable. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const parsed = Environment.safeParse(blankIsAbsent(env))
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new StartError(`Wrong configuration: ${lines.join('; ')}`)
  }
  const value = parsed.data
  if (value.DATABASE_DIRECT_URL !== undefined && value.DATABASE_URL === undefined) {
    throw new StartError('Wrong configuration: DATABASE_DIRECT_URL needs DATABASE_URL beside it')
  }
  const dataDir = path.resolve(value.DATA_DIR)
  return Object.freeze({
    production: value.NODE_ENV === 'production',
    /** Null for the embedded PostgreSQL in `dataDir`. */
    databaseUrl: value.DATABASE_URL ?? null,
    /** A URL of the same database that gives each connection its own session; null when `databaseUrl` does so. */
    databaseDirectUrl: value.DATABASE_DIRECT_URL ?? null,
    dataDir,
    repositoriesDir: path.resolve(value.REPOSITORIES_DIR ?? path.join(dataDir, 'repositories')),
    /** The bucket of the files of packages and uploads; null for a folder in `dataDir`. */
    storage: value.STORAGE ?? null,
    host: value.HOST,
    port: value.PORT,
    /** The server keeps serving for this long after the signal to stop, so that proxies notice. */
    stopDelayMs: value.STOP_DELAY_SECONDS * 1000,
    /** The scheme, host and optional path that clients use, without a trailing slash; null for the server's own address. */
    baseUrl: value.BASE_URL ?? null,
    /** The proxies whose reports about the client are trusted; absent for none. */
    trustProxy: value.TRUST_PROXY,
    /** Null when nobody is limited. */
    rateLimits:
      value.RATE_LIMITS === 'on' ? { account: value.RATE_LIMIT_ACCOUNT, address: value.RATE_LIMIT_ADDRESS } : null,
    /** The number of processes that serve. */
    workers: value.WORKERS,
    /** The token that `/metrics` asks for; null when it asks for none. */
    metricsToken: value.METRICS_TOKEN ?? null,
    /** Whether answers to queries are kept in memory. */
    responseCache: value.RESPONSE_CACHE === 'on',
    graphiql: value.GRAPHIQL === 'on',
    introspection: value.INTROSPECTION,
    /** The folder of the only GraphQL documents that may run; null when every document may run. */
    trustedDocuments: value.TRUSTED_DOCUMENTS === undefined ? null : path.resolve(value.TRUSTED_DOCUMENTS),
    archives: {
      maxBytes: value.ARCHIVE_MAX_BYTES,
      maxFiles: value.ARCHIVE_MAX_FILES,
      maxSeconds: value.ARCHIVE_MAX_SECONDS,
      maxMemory: value.ARCHIVE_MAX_MEMORY,
      folderBytes: value.ARCHIVES_MAX_BYTES,
      running: value.ARCHIVE_BUILDS,
      perCaller: value.ARCHIVE_BUILDS_PER_VIEWER,
    },
    gitProcesses: { running: value.GIT_PROCESSES, perCaller: value.GIT_PROCESSES_PER_VIEWER },
    allowedPrivateAddresses: value.ALLOWED_PRIVATE_ADDRESSES,
    /** The longest time that a client may keep git waiting. */
    gitIdleMs: value.GIT_IDLE_SECONDS * 1000,
    uploadMaxBytes: value.UPLOAD_MAX_BYTES,
    auditAddressDays: value.AUDIT_ADDRESS_DAYS,
    ...signInOf(value),
    maxAnswerBytes: value.MAX_ANSWER_BYTES,
    jwtIssuers: value.JWT_ISSUERS,
    logLevel: value.LOG_LEVEL,
  })
}
