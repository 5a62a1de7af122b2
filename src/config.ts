import path from 'node:path'
import { z } from 'zod'
import { JwtIssuers } from './authentication/jwt-issuers.ts'
import { parseDatabaseUrl, WrongAddress } from './database/connections/database-url.ts'
import { MAX_ANSWER_BYTES } from './foundation/limits.ts'
import { StartError } from './foundation/start-error.ts'
import { type GitProcessBounds, gitProcessBounds } from './git/git-process-bounds.ts'
import { type ArchiveBounds, archiveBounds } from './modules/archives/archive-bounds.ts'
import { MAX_UPLOAD_BYTES } from './modules/uploads/upload-bounds.ts'
import type { RateLimitSettings } from './request/rate-limits/open-rate-limits.ts'
import { DEFAULT_POINTS, PointsInAMinute } from './request/rate-limits/settings.ts'
import { TrustProxy } from './request/trusted-proxies.ts'
import { type S3Location, StorageLocation } from './storage/storage-location.ts'

/** Names that stand in the manual of a later version: a value would change nothing, so it is refused. */
const notYet = (name: string) =>
  z.undefined({ error: `${name} is not supported by this version: remove it` }).optional()

const blankIsAbsent = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))

// One text of a release always fits, and what is serialised of it is far from the longest text that Node can hold.
const SMALLEST_ANSWER_BYTES = 6_000_000
const LARGEST_ANSWER_BYTES = 100_000_000

const webUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })

/** Of one host, or of several. */
const databaseUrl = z.string().superRefine((text, context) => {
  try {
    parseDatabaseUrl(text)
  } catch (error) {
    if (!(error instanceof WrongAddress)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

/** A whole number between two others. */
function wholeNumber(least: number, most: number) {
  const error = `must be a number from ${least} to ${most}`
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error)
}

const MIB = 1024 ** 2
const TIB = 1024 ** 4
const MAX_PROCESSES = 1000

const Environment = z.object({
  NODE_ENV: z.string().default('development'),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_DIRECT_URL: databaseUrl.optional(),
  DATABASE_READ_URL: notYet('DATABASE_READ_URL'),
  DATA_DIR: z.string().default('.waybill'),
  REPOSITORIES_DIR: z.string().optional(),
  STORAGE: StorageLocation,
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce
    .number({ error: 'must be a number from 0 to 65535' })
    .int('must be a number from 0 to 65535')
    .min(0, 'must be a number from 0 to 65535')
    .max(65535, 'must be a number from 0 to 65535')
    .default(4000),
  STOP_DELAY_SECONDS: wholeNumber(0, 600).default(0),
  BASE_URL: webUrl.transform((url) => url.replace(/\/+$/, '')).optional(),
  TRUST_PROXY: TrustProxy,
  JWT_ISSUERS: JwtIssuers,
  SMTP_URL: notYet('SMTP_URL'),
  WORKERS: z.coerce
    .number({ error: 'must be a number from 1 to 64' })
    .int('must be a number from 1 to 64')
    .min(1, 'must be a number from 1 to 64')
    .max(64, 'must be a number from 1 to 64')
    .default(1),
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
  GIT_IDLE_SECONDS: wholeNumber(1, 60 * 60).default(60),
  UPLOAD_MAX_BYTES: wholeNumber(1, TIB).default(MAX_UPLOAD_BYTES),
  MAX_ANSWER_BYTES: wholeNumber(SMALLEST_ANSWER_BYTES, LARGEST_ANSWER_BYTES).default(MAX_ANSWER_BYTES),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
})

/** Every variable that is read, or reserved; docs/operate/configuration.md and .env.example are held to these. */
export const variableNames: readonly string[] = Object.keys(Environment.shape)

/** How this process runs; read once from the environment. */
export type Config = Readonly<{
  production: boolean
  /** Null: the embedded PostgreSQL under `dataDir`. */
  databaseUrl: string | null
  /** A way to the same database on which each connection has a session of its own; null: `databaseUrl` is one. */
  databaseDirectUrl: string | null
  dataDir: string
  repositoriesDir: string
  /** Where the files of packages and uploads are; null: under `dataDir`. */
  storage: S3Location | null
  host: string
  port: number
  /** How long the server serves on after it was told to end, so that proxies notice. */
  stopDelayMs: number
  /** Scheme, host and optional path that clients use, without a trailing slash; null: the address listened on. */
  baseUrl: string | null
  /** Which proxies are believed what they say of the client; absent: none. */
  trustProxy: TrustProxy
  /** Null: nobody is limited. */
  rateLimits: RateLimitSettings | null
  /** How many processes serve. */
  workers: number
  /** What `/metrics` asks for; null: nothing. */
  metricsToken: string | null
  /** Whether answers to queries are kept in memory. */
  responseCache: boolean
  /** Whether browsers are shown GraphiQL. */
  graphiql: boolean
  /** Who may ask what the schema is. */
  introspection: z.infer<typeof Environment>['INTROSPECTION']
  /** Folder of the GraphQL documents that alone may run; null: whatever is sent. */
  trustedDocuments: string | null
  archives: Partial<ArchiveBounds>
  /** How many processes of git run at a time. */
  gitProcesses: GitProcessBounds
  /** How long a client may let git wait. */
  gitIdleMs: number
  /** How many bytes a file may have that Markdown shows or links to. */
  uploadMaxBytes: number
  /** How many bytes one answer may hold. */
  maxAnswerBytes: number
  jwtIssuers: z.infer<typeof JwtIssuers>
  logLevel: z.infer<typeof Environment>['LOG_LEVEL']
}>

/** Throws a StartError with one line that names every wrong variable. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
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
    databaseUrl: value.DATABASE_URL ?? null,
    databaseDirectUrl: value.DATABASE_DIRECT_URL ?? null,
    dataDir,
    repositoriesDir: path.resolve(value.REPOSITORIES_DIR ?? path.join(dataDir, 'repositories')),
    storage: value.STORAGE ?? null,
    host: value.HOST,
    port: value.PORT,
    stopDelayMs: value.STOP_DELAY_SECONDS * 1000,
    baseUrl: value.BASE_URL ?? null,
    trustProxy: value.TRUST_PROXY,
    rateLimits:
      value.RATE_LIMITS === 'on' ? { account: value.RATE_LIMIT_ACCOUNT, address: value.RATE_LIMIT_ADDRESS } : null,
    workers: value.WORKERS,
    metricsToken: value.METRICS_TOKEN ?? null,
    responseCache: value.RESPONSE_CACHE === 'on',
    graphiql: value.GRAPHIQL === 'on',
    introspection: value.INTROSPECTION,
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
    gitIdleMs: value.GIT_IDLE_SECONDS * 1000,
    uploadMaxBytes: value.UPLOAD_MAX_BYTES,
    maxAnswerBytes: value.MAX_ANSWER_BYTES,
    jwtIssuers: value.JWT_ISSUERS,
    logLevel: value.LOG_LEVEL,
  })
}
