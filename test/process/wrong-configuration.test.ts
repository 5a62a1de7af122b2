import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { newDataDir, serve, takePort } from './serve-world.ts'

/** What a start with these settings says, with its exit code, and what it left in the folder for its data. */
async function failedStart(env: Record<string, string>) {
  const parent = await newDataDir()
  const server = serve({ DATA_DIR: path.join(parent, 'data'), ...env })
  const { code } = await server.ended
  const lines = server.stderr().split('\n').slice(0, -1)
  return { code, lines, stdout: server.stdout(), created: await readdir(parent) }
}

const refused = (line: RegExp) => ({ code: 1, lines: [expect.stringMatching(line)], stdout: '', created: [] })

const issuer = JSON.stringify([{ issuer: 'ci', algorithms: ['RS256'], jwks: 'keys.json', userClaim: 'sub' }])

const wrong: [string, Record<string, string>, RegExp][] = [
  ['PORT', { PORT: 'abc' }, /^Wrong configuration: PORT: must be a number/],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }, /^Wrong configuration: LOG_LEVEL: must be one of/],
  ['DATABASE_URL', { DATABASE_URL: 'nonsense' }, /^Wrong configuration: DATABASE_URL: must look like postgres:/],
  [
    'DATABASE_READ_URL',
    { DATABASE_READ_URL: 'postgres://u@h/d' },
    /^Wrong configuration: DATABASE_READ_URL.* not supp/,
  ],
  ['BASE_URL', { BASE_URL: 'ftp://x' }, /^Wrong configuration: BASE_URL: must be an http/],
  ['WORKERS', { WORKERS: '8' }, /^Wrong configuration: WORKERS: only 1/],
  ['JWT_ISSUERS that is not JSON', { JWT_ISSUERS: 'ci' }, /^Wrong configuration: JWT_ISSUERS: must be a JSON list/],
  ['JWT_ISSUERS without an audience', { JWT_ISSUERS: issuer }, /^Wrong configuration: JWT_ISSUERS.0.audience: /],
  ['HOST', { HOST: 'nowhere.invalid' }, /^Cannot listen on nowhere.invalid:0 .*: set HOST/],
  // Port 1 is reserved: nobody listens there.
  ['DATABASE_URL of no server', { DATABASE_URL: 'postgres://u:pw@127.0.0.1:1/d' }, /^Cannot reach .*DATABASE_URL/],
  // Not even root can make a folder there.
  ['DATA_DIR that cannot be written', { DATA_DIR: '/proc/waybill' }, /^Cannot use \/proc\/waybill.*: set DATA_DIR/],
]

describe.concurrent('a wrong setting stops the start with one line that names it, and leaves nothing behind', () => {
  test.for(wrong)('%s', { timeout: 30_000 }, async ([, env, line]) => {
    expect(await failedStart(env)).toEqual(refused(line))
  })

  test('several wrong values are named in one line', { timeout: 30_000 }, async () => {
    const line = /^Wrong configuration: DATABASE_URL: [^;]+; PORT: [^;]+; LOG_LEVEL: [^;]+$/
    expect(await failedStart({ LOG_LEVEL: 'loud', PORT: '65536', DATABASE_URL: 'http://x' })).toEqual(refused(line))
  })

  test('DATA_DIR that is a file', { timeout: 30_000 }, async () => {
    const file = path.join(await newDataDir(), 'file')
    await writeFile(file, '')
    expect(await failedStart({ DATA_DIR: file })).toEqual(refused(/^Cannot use .*file.* not a folder\): set DATA_DIR/))
  })

  test('PORT that is in use', { timeout: 30_000 }, async () => {
    const { port, release } = await takePort()
    const answer = await failedStart({ PORT: String(port) })
    await release()
    expect(answer).toEqual(
      refused(/^Cannot listen on 127\.0\.0\.1:\d+ \(the port is in use\): set PORT to a free one$/),
    )
  })
})
