import path from 'node:path'
import { z } from 'zod'
import { StartError } from './database/start-error.ts'
import { MAX_ANSWER_BYTES } from './limits.ts'
import { JwtIssuers } from './modules/access/jwt-issuers.ts'
import { type S3Location, StorageLocation } from './modules/storage/storage-location.ts'

/** Names that stand in the manual of a later version: a value would change nothing, so it is refused. */
const notYet = (name: string) =>
  z.undefined({ error: `${name} is not supported by this version: remove it` }).optional()

const blankIsAbsent = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))

// One text of a release always fits, and what is serialised of it is far from the longest text that Node can hold.
const SMALLEST_ANSWER_BYTES = 6_000_000
const LARGEST_ANSWER_BYTES = 100_000_000
const answerBytes = `must be a number from ${SMALLEST_ANSWER_BYTES} to ${LARGEST_ANSWER_BYTES}`

const webUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })

const Environment = z.object({
  NODE_ENV: z.string().default('development'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/name' })
    .optional(),
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
  BASE_URL: webUrl.transform((url) => url.replace(/\/+$/, '')).optional(),
  JWT_ISSUERS: JwtIssuers,
  SMTP_URL: notYet('SMTP_URL'),
  WORKERS: z.coerce
    .number({ error: 'must be a number from 1 to 64' })
    .int('must be a number from 1 to 64')
    .min(1, 'must be a number from 1 to 64')
    .max(64, 'must be a number from 1 to 64')
    .default(1),
  RESPONSE_CACHE: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  MAX_ANSWER_BYTES: z.coerce
    .number({ error: answerBytes })
    .int(answerBytes)
    .min(SMALLEST_ANSWER_BYTES, answerBytes)
    .max(LARGEST_ANSWER_BYTES, answerBytes)
    .default(MAX_ANSWER_BYTES),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
})

/** How this process runs; read once from the environment. */
export type Config = Readonly<{
  production: boolean
  /** Null: the embedded PostgreSQL under `dataDir`. */
  databaseUrl: string | null
  dataDir: string
  repositoriesDir: string
  /** Where the files of packages are; null: under `dataDir`. */
  storage: S3Location | null
  host: string
  port: number
  /** Scheme, host and optional path that clients use, without a trailing slash; null: the address listened on. */
  baseUrl: string | null
  /** How many processes serve. */
  workers: number
  /** Whether answers to queries are kept in memory. */
  responseCache: boolean
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
  const dataDir = path.resolve(value.DATA_DIR)
  return Object.freeze({
    production: value.NODE_ENV === 'production',
    databaseUrl: value.DATABASE_URL ?? null,
    dataDir,
    repositoriesDir: path.resolve(value.REPOSITORIES_DIR ?? path.join(dataDir, 'repositories')),
    storage: value.STORAGE ?? null,
    host: value.HOST,
    port: value.PORT,
    baseUrl: value.BASE_URL ?? null,
    workers: value.WORKERS,
    responseCache: value.RESPONSE_CACHE === 'on',
    maxAnswerBytes: value.MAX_ANSWER_BYTES,
    jwtIssuers: value.JWT_ISSUERS,
    logLevel: value.LOG_LEVEL,
  })
}
