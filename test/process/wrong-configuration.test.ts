import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { spawnServer } from '../support/server-process.ts'
import { newDataDir, takePort } from './serve-world.ts'

/** Far more time than a refusal takes. A start that is not refused ends without an exit code. */
const GIVE_UP_MS = 20_000

/** Starts a server with these settings, and returns its output, its exit code and what it left in the folder for its data. */
async function failedStart(env: Record<string, string>) {
  const parent = await newDataDir()
  const server = spawnServer({ PORT: '0', DATA_DIR: path.join(parent, 'data'), ...env })
  const timer = setTimeout(() => server.kill('SIGKILL'), GIVE_UP_MS)
  const { code } = await server.ended
  clearTimeout(timer)
  return { code, stderr: server.stderr(), stdout: server.stdout(), created: await readdir(parent) }
}

/** Exactly one line, because `.` matches no line break. */
const refusal = (line: RegExp) => ({ code: 1, stderr: expect.stringMatching(line), stdout: '', created: [] })

const wrong: [string, Record<string, string>, RegExp][] = [
  [
    'values of the wrong form',
    { PORT: 'abc', LOG_LEVEL: 'loud', DATABASE_URL: 'nonsense', JWT_ISSUERS: '{', WORKERS: '0' },
    /^Wrong configuration: DATABASE_URL: [^;]+; PORT: [^;]+; JWT_ISSUERS: [^;]+; WORKERS: [^;]+; LOG_LEVEL: [^;\n]+\n$/,
  ],
  ['HOST of another machine', { HOST: 'nowhere.invalid' }, /^Cannot listen on nowhere\.invalid:0 .*: set HOST .*\n$/],
  [
    'TRUSTED_DOCUMENTS that is no folder',
    { TRUSTED_DOCUMENTS: '/sys/waybill' },
    /^TRUSTED_DOCUMENTS: .*\/sys\/waybill.*\n$/,
  ],
  // Port 1 is reserved, so nobody listens there.
  ['DATABASE_URL of no server', { DATABASE_URL: 'postgres://u:pw@127.0.0.1:1/d' }, /^Cannot reach .*DATABASE_URL.*\n$/],
  // Not even root can make a folder there.
  [
    'DATA_DIR that cannot be written',
    { DATA_DIR: '/sys/waybill' },
    /^Cannot use \/sys\/waybill .*: set DATA_DIR .*\n$/,
  ],
]

describe.concurrent('a wrong setting, which leaves nothing behind', () => {
  test.for(wrong)('the wrong setting of %s stops the start with one line that names it', async ([, env, line]) => {
    expect(await failedStart(env)).toEqual(refusal(line))
  })

  test('a DATA_DIR that is a file stops the start with one line that names it', async () => {
    const file = path.join(await newDataDir(), 'file')
    await writeFile(file, '')
    expect(await failedStart({ DATA_DIR: file })).toEqual(
      refusal(/^Cannot use .* \(it is not a folder\): set DATA_DIR .*\n$/),
    )
  })

  // Node tries for ever to make a folder there, and every account may look into it.
  test.for([
    ['DATA_DIR', { DATA_DIR: '/proc/nope' }],
    ['DATA_DIR', { DATA_DIR: '/proc/nope/deeper' }],
    ['REPOSITORIES_DIR', { REPOSITORIES_DIR: '/proc/nope' }],
  ] as const)(
    'the folder of %s that nobody can make stops the start with one line that names it: %j',
    async ([name, env]) => {
      const line = new RegExp(`^Cannot use /proc/nope\\S* \\([^)]+\\): set ${name} to a folder .*\\n$`)
      expect(await failedStart(env)).toEqual(refusal(line))
    },
  )

  test('a folder in DATA_DIR that is a file stops the start with one line that names it', async () => {
    const dataDir = await newDataDir()
    await writeFile(path.join(dataDir, 'packages'), '')
    const answer = await failedStart({ DATA_DIR: dataDir })
    expect(answer).toEqual(refusal(/^Cannot use \S+\/packages \(it is not a folder\): set DATA_DIR .*\n$/))
    expect(await readdir(dataDir)).toEqual(['packages'])
  })

  test('a PORT that is in use stops the start with one line that names it', async () => {
    const { port, release } = await takePort()
    const answer = await failedStart({ PORT: String(port) })
    await release()
    const line = /^Cannot listen on 127\.0\.0\.1:\d+ \(the port is in use\): set PORT to a free one\n$/
    expect(answer).toEqual(refusal(line))
  })
})
