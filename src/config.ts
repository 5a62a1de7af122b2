// The only reader of the environment. A variable is one entry below, in the concern that it belongs to.
import { isIPv6 } from 'node:net'
import path from 'node:path'
import { z } from 'zod'
import { JwtIssuers } from './authentication/jwt-issuers.ts'
import { OidcIssuer, OidcScopes } from './authentication/openid-settings.ts'
import { DatabaseReadUrl, DatabaseUrl } from './database/connections/database-url.ts'
import { MAX_ANSWER_BYTES } from './foundation/limits.ts'
import { StartError } from './foundation/start-error.ts'
import { traceVariables } from './foundation/trace-settings.ts'
import { namesOf, onOff, readVariables, seconds, variable, webUrl, wholeNumber } from './foundation/variables.ts'
import { gitProcessBounds } from './git/git-process-bounds.ts'
import { archiveBounds } from './modules/archives/archive-bounds.ts'
import { MAX_UPLOAD_BYTES } from './modules/uploads/upload-bounds.ts'
import { MailFrom } from './outgoing/mail-from.ts'
import { PrivateAddresses } from './outgoing/reachable.ts'
import { DEFAULT_POINTS, PointsInAMinute } from './request/rate-limits/settings.ts'
import { TrustProxy } from './request/trusted-proxies.ts'
import { StorageLocation } from './storage/storage-location.ts'

// The smallest limit fits any one text of a release. The largest is far below the longest text that Node can hold.
const SMALLEST_ANSWER_BYTES = 6_000_000
const LARGEST_ANSWER_BYTES = 100_000_000

const MIB = 1024 ** 2
const TIB = 1024 ** 4
const MAX_PROCESSES = 1000
const MAX_DAYS = 36_500
const DEFAULT_ADDRESS_DAYS = 90
const DAY_SECONDS = 24 * 60 * 60
const MAX_SESSION_DAYS = 365
const DEFAULT_SESSION = { idle: 7, days: 30 } as const

const daysInSeconds = (most: number, usual: number) =>
  wholeNumber(1, most)
    .default(usual)
    .transform((days) => days * DAY_SECONDS)

const folder = z.string().transform((name) => path.resolve(name))
const absent = <Schema extends z.ZodType>(schema: Schema) => schema.optional().transform((value) => value ?? null)

const stored = {
  production: variable(
    'NODE_ENV',
    z
      .string()
      .default('development')
      .transform((name) => name === 'production'),
  ),
  /** Null for the embedded PostgreSQL in `dataDir`. */
  databaseUrl: variable('DATABASE_URL', absent(DatabaseUrl)),
  /** A URL of the same database that gives each connection its own session; null when `databaseUrl` does so. */
  databaseDirectUrl: variable('DATABASE_DIRECT_URL', absent(DatabaseUrl)),
  /** The replicas that answer reads of viewers; null for none. */
  databaseReadUrl: variable('DATABASE_READ_URL', absent(DatabaseReadUrl)),
  /** A replica that is further behind is left out. */
  databaseReadMaxLagMs: variable('DATABASE_READ_MAX_LAG_SECONDS', seconds(1, 60 * 60, 10)),
  dataDir: variable('DATA_DIR', folder.prefault('.waybill')),
  repositoriesDir: variable('REPOSITORIES_DIR', folder.optional()),
  /** The bucket of all files but repositories and archives; null for a folder in `dataDir`. */
  storage: variable('STORAGE', absent(StorageLocation)),
  auditAddressDays: variable('AUDIT_ADDRESS_DAYS', wholeNumber(1, MAX_DAYS).default(DEFAULT_ADDRESS_DAYS)),
}

const addresses = {
  host: variable('HOST', z.string().default('127.0.0.1')),
  port: variable('PORT', wholeNumber(0, 65_535).default(4000)),
  /** The scheme, host and optional path that clients use, without a trailing slash; null for the server's own address. */
  baseUrl: variable('BASE_URL', absent(webUrl)),
  /** The proxies whose reports about the client are trusted; absent for none. */
  trustProxy: variable('TRUST_PROXY', TrustProxy),
  allowedPrivateAddresses: variable('ALLOWED_PRIVATE_ADDRESSES', PrivateAddresses),
}

const signIn = {
  jwtIssuers: variable('JWT_ISSUERS', JwtIssuers),
  /** When the sessions of browsers end. */
  sessions: {
    idleSeconds: variable('SESSION_IDLE_DAYS', daysInSeconds(MAX_SESSION_DAYS, DEFAULT_SESSION.idle)),
    seconds: variable('SESSION_DAYS', daysInSeconds(MAX_SESSION_DAYS, DEFAULT_SESSION.days)),
  },
  oidc: {
    // Kept as it is written, because the provider must call itself the same.
    issuer: variable('OIDC_ISSUER', OidcIssuer.optional()),
    clientId: variable('OIDC_CLIENT_ID', z.string().optional()),
    clientSecret: variable('OIDC_CLIENT_SECRET', z.string().optional()),
    scopes: variable('OIDC_SCOPES', OidcScopes.default('openid profile email')),
    createsAccounts: variable('OIDC_CREATE_ACCOUNTS', onOff('off')),
  },
}

const mail = {
  /** The mail server; null when no mails are sent. */
  smtpUrl: variable('SMTP_URL', absent(z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' }))),
  /** The sender of mails; null for one at the host of the server. */
  mailFrom: variable('MAIL_FROM', absent(MailFrom)),
}

const processes = {
  /** The number of processes that serve. */
  workers: variable('WORKERS', wholeNumber(1, 64).default(1)),
  /** The server keeps serving for this long after the signal to stop, so that proxies notice. */
  stopDelayMs: variable('STOP_DELAY_SECONDS', seconds(0, 600, 0)),
  gitProcesses: {
    running: variable('GIT_PROCESSES', wholeNumber(1, MAX_PROCESSES).default(gitProcessBounds.running)),
    perCaller: variable('GIT_PROCESSES_PER_VIEWER', wholeNumber(1, MAX_PROCESSES).default(gitProcessBounds.perCaller)),
  },
  /** The longest time that a client may keep git waiting. */
  gitIdleMs: variable('GIT_IDLE_SECONDS', seconds(1, 60 * 60, 60)),
  /** The token that `/metrics` asks for; null when it asks for none. */
  metricsToken: variable(
    'METRICS_TOKEN',
    absent(z.string().regex(/^[\x21-\x7e]{16,}$/, 'must have at least 16 characters, printable ASCII without spaces')),
  ),
  logLevel: variable(
    'LOG_LEVEL',
    z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
        error: 'must be one of fatal, error, warn, info, debug, trace, silent',
      })
      .default('info'),
  ),
}

const answers = {
  graphiql: variable('GRAPHIQL', onOff('on')),
  introspection: variable(
    'INTROSPECTION',
    z.enum(['on', 'signed-in', 'off'], { error: 'must be on, signed-in or off' }).default('on'),
  ),
  /** The folder of the only GraphQL documents that may run; null when every document may run. */
  trustedDocuments: variable('TRUSTED_DOCUMENTS', absent(folder)),
  /** Whether answers to queries are kept in memory. */
  responseCache: variable('RESPONSE_CACHE', onOff('on')),
  maxAnswerBytes: variable(
    'MAX_ANSWER_BYTES',
    wholeNumber(SMALLEST_ANSWER_BYTES, LARGEST_ANSWER_BYTES).default(MAX_ANSWER_BYTES),
  ),
  uploadMaxBytes: variable('UPLOAD_MAX_BYTES', wholeNumber(1, TIB).default(MAX_UPLOAD_BYTES)),
  archives: {
    maxBytes: variable('ARCHIVE_MAX_BYTES', wholeNumber(MIB, TIB).default(archiveBounds.maxBytes)),
    maxFiles: variable('ARCHIVE_MAX_FILES', wholeNumber(1, 100_000_000).default(archiveBounds.maxFiles)),
    maxSeconds: variable('ARCHIVE_MAX_SECONDS', wholeNumber(1, 24 * 60 * 60).default(archiveBounds.maxSeconds)),
    maxMemory: variable('ARCHIVE_MAX_MEMORY', wholeNumber(64 * MIB, TIB).default(archiveBounds.maxMemory)),
    folderBytes: variable('ARCHIVES_MAX_BYTES', wholeNumber(MIB, 1024 * TIB).default(archiveBounds.folderBytes)),
    running: variable('ARCHIVE_BUILDS', wholeNumber(1, MAX_PROCESSES).default(archiveBounds.running)),
    perCaller: variable('ARCHIVE_BUILDS_PER_VIEWER', wholeNumber(1, MAX_PROCESSES).default(archiveBounds.perCaller)),
  },
  rateLimits: {
    on: variable('RATE_LIMITS', onOff('on')),
    account: variable('RATE_LIMIT_ACCOUNT', PointsInAMinute.default(DEFAULT_POINTS.account)),
    address: variable('RATE_LIMIT_ADDRESS', PointsInAMinute.default(DEFAULT_POINTS.address)),
  },
}

const variables = { ...stored, ...addresses, ...signIn, ...mail, ...processes, ...answers, traces: traceVariables }

/** All variables that are read or reserved. A test compares docs/operate/configuration.md and .env.example with the list. */
export const variableNames: readonly string[] = namesOf(variables)

/** The configuration of this process, read once from the environment. */
export type Config = ReturnType<typeof loadConfig>

/** The address of the server as its clients know it, without a trailing slash. */
export const baseUrlOf = ({ baseUrl, host, port }: Pick<Config, 'baseUrl' | 'host' | 'port'>): string =>
  baseUrl ?? `http://${isIPv6(host) ? `[${host}]` : host}:${port}`

/** Throws a StartError with one line that names every wrong variable. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const wrong: string[] = []
  const { rateLimits, repositoriesDir, oidc, traces, ...values } = readVariables(variables, env, wrong)
  if (wrong.length === 0 && values.databaseDirectUrl !== null && values.databaseUrl === null) {
    wrong.push('DATABASE_DIRECT_URL needs DATABASE_URL beside it')
  }
  if (wrong.length === 0 && values.databaseReadUrl !== null && values.databaseUrl === null) {
    wrong.push('DATABASE_READ_URL needs DATABASE_URL beside it')
  }
  const { issuer, clientId, clientSecret } = oidc
  const isComplete = issuer !== undefined && clientId !== undefined && clientSecret !== undefined
  if (!isComplete && (issuer ?? clientId ?? clientSecret) !== undefined) {
    wrong.push('OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together')
  }
  if (wrong.length > 0) throw new StartError(`Wrong configuration: ${wrong.join('; ')}`)
  const { on, ...points } = rateLimits
  return Object.freeze({
    ...values,
    repositoriesDir: repositoriesDir ?? path.join(values.dataDir, 'repositories'),
    /** The provider at which people may sign in; null for none. */
    oidc: isComplete ? { ...oidc, issuer, clientId, clientSecret } : null,
    /** Whether a collector of traces is named. */
    traces: traces.disabled === 'false' && (traces.endpoint ?? traces.tracesEndpoint) !== undefined,
    /** Null when nobody is limited. */
    rateLimits: on ? points : null,
  })
}
