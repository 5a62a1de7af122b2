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
  ['DATABASE_READ_URL', { DATABASE_READ_URL: 'postgres://u@h/d' }, /^DATABASE_READ_URL: .*not supported/],
  ['SMTP_URL', { SMTP_URL: 'smtp://h' }, /^SMTP_URL: .*not supported/],
  ['STORAGE', { STORAGE: '/var/packages' }, /^STORAGE: must look like s3:\/\/bucket/],
  ['WORKERS', { WORKERS: '0' }, /^WORKERS: must be a number from 1 to 64/],
  ['MAX_ANSWER_BYTES', { MAX_ANSWER_BYTES: '20 MB' }, /^MAX_ANSWER_BYTES: must be a number from 6000000 to 100000000$/],
  [
    'MAX_ANSWER_BYTES that is too small for one text',
    { MAX_ANSWER_BYTES: '1000' },
    /^MAX_ANSWER_BYTES: must be a number from 6000000 to 100000000$/,
  ],
  ['BASE_URL', { BASE_URL: 'ftp://x' }, /^BASE_URL: must be an http:\/\/ or https:\/\/ URL$/],
  ['JWT_ISSUERS that is not JSON', { JWT_ISSUERS: 'ci' }, /^JWT_ISSUERS: must be a JSON list of issuers$/],
  [
    'JWT_ISSUERS without an audience',
    { JWT_ISSUERS: JSON.stringify([withoutAudience]) },
    /^JWT_ISSUERS\.0\.audience: /,
  ],
]

describe('a wrong value is refused with one line that names the variable', () => {
  test.for(wrong)('%s', ([, env, line]) => {
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
    baseUrl: null,
    maxAnswerBytes: 20_000_000,
    jwtIssuers: [],
  })
})

test('an empty variable counts as absent', () => {
  expect(loadConfig({ DATABASE_URL: '', PORT: ' ', BASE_URL: '' })).toEqual(loadConfig({}))
})

test('BASE_URL loses its trailing slash and may have a path', () => {
  expect(loadConfig({ BASE_URL: 'https://releases.example.com/waybill/' }).baseUrl).toBe(
    'https://releases.example.com/waybill',
  )
})
