import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'

const issuer = { issuer: 'ci', audience: 'waybill', algorithms: ['RS256'], jwks: 'keys.json', userClaim: 'sub' }
const { audience: _, ...withoutAudience } = issuer

const wrong: [string, NodeJS.ProcessEnv, RegExp][] = [
  ['PORT that is no number', { PORT: 'abc' }, /^PORT: must be a number from 0 to 65535$/],
  ['PORT that is too high', { PORT: '65536' }, /^PORT: must be a number from 0 to 65535$/],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent$/],
  ['DATABASE_URL', { DATABASE_URL: 'nonsense' }, /^DATABASE_URL: must look like postgres:\/\/user:password@host:5432/],
  ['DATABASE_URL of MySQL', { DATABASE_URL: 'mysql://u@h/d' }, /^DATABASE_URL: must look like postgres:/],
  [
    'DATABASE_URL with a host without a name',
    { DATABASE_URL: 'postgres://u:secret@one:5432,:5433/d' },
    /^DATABASE_URL: must look like (?!.*secret)/,
  ],
  [
    'DATABASE_URL with a wrong port',
    { DATABASE_URL: 'postgres://u@one:5432,two:99999/d' },
    /^DATABASE_URL: must look like/,
  ],
  [
    'DATABASE_URL with too many hosts',
    { DATABASE_URL: `postgres://u@${Array.from({ length: 11 }, (_, n) => `h${n}`)}/d` },
    /^DATABASE_URL: may name 10 hosts at most$/,
  ],
  [
    'DATABASE_URL of a standby',
    { DATABASE_URL: 'postgres://u@one,two/d?target_session_attrs=standby' },
    /^DATABASE_URL: has target_session_attrs=standby: Waybill writes, so it must be read-write or primary$/,
  ],
  [
    'DATABASE_DIRECT_URL',
    { DATABASE_URL: 'postgres://u@h/d', DATABASE_DIRECT_URL: 'x' },
    /^DATABASE_DIRECT_URL: must look/,
  ],
  ['DATABASE_DIRECT_URL alone', { DATABASE_DIRECT_URL: 'postgres://u@h/d' }, /^DATABASE_DIRECT_URL needs DATABASE_URL/],
  ['DATABASE_READ_URL', { DATABASE_READ_URL: 'mysql://u@h/d' }, /^DATABASE_READ_URL: must look like postgres/],
  [
    'DATABASE_READ_URL',
    { DATABASE_URL: 'postgres://u@h/d', DATABASE_READ_URL: 'postgres://u@a,b/d?target_session_attrs=primary' },
    /^DATABASE_READ_URL: must not have target_session_attrs/,
  ],
  ['DATABASE_READ_URL', { DATABASE_READ_URL: 'postgres://u@h/d' }, /^DATABASE_READ_URL needs DATABASE_URL/],
  [
    'DATABASE_READ_MAX_LAG_SECONDS',
    { DATABASE_READ_MAX_LAG_SECONDS: '0' },
    /^DATABASE_READ_MAX_LAG_SECONDS: must be a number/,
  ],
  [
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' },
    /^OTEL_EXPORTER_OTLP_ENDPOINT: must be an http/,
  ],
  [
    'OTEL_EXPORTER_OTLP_HEADERS',
    { OTEL_EXPORTER_OTLP_HEADERS: 'secret' },
    /^OTEL_EXPORTER_OTLP_HEADERS: must look (?!.*secret)/,
  ],
  ['OTEL_TRACES_SAMPLER', { OTEL_TRACES_SAMPLER: 'some' }, /^OTEL_TRACES_SAMPLER: must be one of always_on/],
  [
    'OTEL_TRACES_SAMPLER_ARG',
    { OTEL_TRACES_SAMPLER_ARG: '2' },
    /^OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1/,
  ],
  ['OTEL_SDK_DISABLED', { OTEL_SDK_DISABLED: 'yes' }, /^OTEL_SDK_DISABLED: must be true or false/],
  ['SMTP_URL', { SMTP_URL: 'http://h' }, /^SMTP_URL: .*smtp/],
  ['MAIL_FROM', { MAIL_FROM: 'x\r\nBcc: y@z' }, /^MAIL_FROM: .*address/],
  ['STORAGE', { STORAGE: '/var/packages' }, /^STORAGE: must look like s3:\/\/bucket/],
  ['WORKERS', { WORKERS: '0' }, /^WORKERS: must be a number from 1 to 64/],
  ['ARCHIVE_MAX_BYTES', { ARCHIVE_MAX_BYTES: '2 GB' }, /^ARCHIVE_MAX_BYTES: must be a number from 1048576 to \d+$/],
  ['ARCHIVE_MAX_FILES', { ARCHIVE_MAX_FILES: '0' }, /^ARCHIVE_MAX_FILES: must be a number from 1 to \d+$/],
  ['ARCHIVE_MAX_SECONDS', { ARCHIVE_MAX_SECONDS: '-1' }, /^ARCHIVE_MAX_SECONDS: must be a number from 1 to 86400$/],
  ['ARCHIVE_MAX_MEMORY', { ARCHIVE_MAX_MEMORY: '1' }, /^ARCHIVE_MAX_MEMORY: must be a number from 67108864 to \d+$/],
  [
    'ARCHIVES_MAX_BYTES',
    { ARCHIVES_MAX_BYTES: '1.5e6x' },
    /^ARCHIVES_MAX_BYTES: must be a number from 1048576 to \d+$/,
  ],
  ['ARCHIVE_BUILDS', { ARCHIVE_BUILDS: '0' }, /^ARCHIVE_BUILDS: must be a number from 1 to 1000$/],
  ['ARCHIVE_BUILDS_PER_VIEWER', { ARCHIVE_BUILDS_PER_VIEWER: 'all' }, /^ARCHIVE_BUILDS_PER_VIEWER: must be a number/],
  ['GIT_PROCESSES', { GIT_PROCESSES: '0' }, /^GIT_PROCESSES: must be a number from 1 to 1000$/],
  ['GIT_PROCESSES_PER_VIEWER', { GIT_PROCESSES_PER_VIEWER: '1.5' }, /^GIT_PROCESSES_PER_VIEWER: must be a number/],
  ['STOP_DELAY_SECONDS', { STOP_DELAY_SECONDS: '601' }, /^STOP_DELAY_SECONDS: must be a number from 0 to 600$/],
  ['GIT_IDLE_SECONDS', { GIT_IDLE_SECONDS: '0' }, /^GIT_IDLE_SECONDS: must be a number from 1 to 3600$/],
  [
    'METRICS_TOKEN that can be guessed',
    { METRICS_TOKEN: 'fifteen-letters' },
    /^METRICS_TOKEN: must have at least 16 char/,
  ],
  [
    'METRICS_TOKEN with a space',
    { METRICS_TOKEN: 'sixteen letters and more' },
    /^METRICS_TOKEN: must have at least 16 char/,
  ],
  ['MAX_ANSWER_BYTES', { MAX_ANSWER_BYTES: '20 MB' }, /^MAX_ANSWER_BYTES: must be a number from 6000000 to 100000000$/],
  [
    'MAX_ANSWER_BYTES that is too small for one text',
    { MAX_ANSWER_BYTES: '1000' },
    /^MAX_ANSWER_BYTES: must be a number from 6000000 to 100000000$/,
  ],
  ['UPLOAD_MAX_BYTES', { UPLOAD_MAX_BYTES: '100 MB' }, /^UPLOAD_MAX_BYTES: must be a number from 1 to \d+$/],
  ['BASE_URL', { BASE_URL: 'ftp://x' }, /^BASE_URL: must be an http:\/\/ or https:\/\/ URL$/],
  ['GRAPHIQL', { GRAPHIQL: 'no' }, /^GRAPHIQL: must be on or off$/],
  ['INTROSPECTION', { INTROSPECTION: 'members' }, /^INTROSPECTION: must be on, signed-in or off$/],
  ['RATE_LIMITS', { RATE_LIMITS: 'no' }, /^RATE_LIMITS: must be on or off$/],
  ['RATE_LIMIT_ACCOUNT', { RATE_LIMIT_ACCOUNT: '0' }, /^RATE_LIMIT_ACCOUNT: must be a number of points in a minute/],
  ['RATE_LIMIT_ADDRESS', { RATE_LIMIT_ADDRESS: 'many' }, /^RATE_LIMIT_ADDRESS: must be a number of points in a minute/],
  ...['0', '11', '-1', 'yes', '1,2', '10.0.0.0/33', '10.0.0.0/0', 'loopback;', '1.2.3', 'http://10.0.0.1', ','].map(
    (value): [string, NodeJS.ProcessEnv, RegExp] => [
      `TRUST_PROXY ${value}`,
      { TRUST_PROXY: value },
      /^TRUST_PROXY: must be a number of proxies from 1 to 10, or a list of addresses/,
    ],
  ),
  ['JWT_ISSUERS that is not JSON', { JWT_ISSUERS: 'ci' }, /^JWT_ISSUERS: must be a JSON list of issuers$/],
  [
    'JWT_ISSUERS without an audience',
    { JWT_ISSUERS: JSON.stringify([withoutAudience]) },
    /^JWT_ISSUERS\.0\.audience: /,
  ],
]

describe('a wrong value of a variable', () => {
  test.for(wrong)('the wrong %s is refused with one line that names the variable', ([, env, line]) => {
    let message = ''
    try {
      loadConfig(env)
    } catch (error) {
      message = (error as Error).message
    }
    const [, rest = ''] = /^Wrong configuration: (.*)$/.exec(message) ?? []
    expect(rest).toMatch(line)
  })
})

test('all wrong variables are named in the same line', () => {
  const env = { PORT: '-1', LOG_LEVEL: 'loud' }
  expect(() => loadConfig(env)).toThrow(/^Wrong configuration: PORT: [^;\n]+; LOG_LEVEL: [^;\n]+$/)
})

test('without an environment the database is embedded and the server is for this machine only', () => {
  expect(loadConfig({})).toMatchObject({
    databaseUrl: null,
    host: '127.0.0.1',
    port: 4000,
    stopDelayMs: 0,
    baseUrl: null,
    uploadMaxBytes: 104_857_600,
    maxAnswerBytes: 20_000_000,
    jwtIssuers: [],
    metricsToken: null,
  })
})

test('TRUST_PROXY trusts nobody by default, and otherwise a number of hops or the addresses that are listed', () => {
  expect(loadConfig({}).trustProxy).toBeUndefined()
  const hops = loadConfig({ TRUST_PROXY: '2' }).trustProxy
  expect([0, 1, 2].map((hop) => hops?.('192.0.2.1', hop))).toEqual([true, true, false])
  const listed = loadConfig({ TRUST_PROXY: 'loopback, uniquelocal,2001:db8::/32, 192.0.2.1' }).trustProxy
  const trusted = ['127.0.0.1', '::1', '10.1.2.3', '2001:db8::5', '192.0.2.1', '::ffff:192.0.2.1']
  const others = ['192.0.2.2', '169.254.1.1', '2001:db9::1', 'nonsense']
  expect([...trusted, ...others].filter((address) => listed?.(address, 0))).toEqual(trusted)
})

test('rate limits are on, with numbers that can be chosen, until they are switched off', () => {
  expect(loadConfig({}).rateLimits).toEqual({ account: 300_000, address: 150_000 })
  const chosen = { RATE_LIMIT_ACCOUNT: '500', RATE_LIMIT_ADDRESS: '60' }
  expect(loadConfig(chosen).rateLimits).toEqual({ account: 500, address: 60 })
  expect(loadConfig({ ...chosen, RATE_LIMITS: 'off' }).rateLimits).toBeNull()
})

test('an empty variable counts as absent', () => {
  expect(loadConfig({ DATABASE_URL: '', PORT: ' ', BASE_URL: '' })).toEqual(loadConfig({}))
})

test('BASE_URL loses its trailing slash and may have a path', () => {
  expect(loadConfig({ BASE_URL: 'https://releases.example.com/waybill/' }).baseUrl).toBe(
    'https://releases.example.com/waybill',
  )
})

test('a provider for signing in is configured whole or not at all', () => {
  const whole = { OIDC_ISSUER: 'https://login.example.com/', OIDC_CLIENT_ID: 'waybill', OIDC_CLIENT_SECRET: 'secret' }
  expect(loadConfig(whole).oidc).toEqual({
    ...{ issuer: 'https://login.example.com/', clientId: 'waybill', clientSecret: 'secret' },
    ...{ scopes: 'openid profile email', createsAccounts: false },
  })
  expect(loadConfig({}).oidc).toBe(null)
  for (const name of Object.keys(whole)) {
    expect(() => loadConfig({ ...whole, [name]: undefined })).toThrow('belong together')
  }
})
