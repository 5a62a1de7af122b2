import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { spawnServer } from '../support/server-process.ts'
import { isPostgresRunning, newDataDir, until } from './serve-world.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const TIMEOUT_MS = 60_000

/** The processes that were started with this folder, whatever their parent is by now. */
async function processesOf(dataDir: string): Promise<{ pid: number; command: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(path.join('/proc', pid, file), 'latin1').catch(() => '')
      const [environment, command] = [await read('environ'), await read('cmdline')]
      const isOurs = environment.split('\0').includes(`DATA_DIR=${dataDir}`) && command !== ''
      return isOurs ? [{ pid: Number(pid), command: command.replaceAll('\0', ' ') }] : []
    }),
  )
  return found.flat()
}

const serverOf = async (dataDir: string) =>
  (await processesOf(dataDir)).find(({ command }) => / bin\/waybill\.js serve/.test(command))?.pid ?? 0

/** A folder on which a server has started once. Each test copies it, because a first start takes seconds. */
let startedOnce = ''
beforeAll(async () => {
  startedOnce = await newDataDir()
  const server = spawnServer({ DATA_DIR: startedOnce, PORT: '0' })
  await server.listening()
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
}, TIMEOUT_MS)

type Started = { dataDir: string; child: ChildProcessWithoutNullStreams; url: string }

async function start(command: string, args: string[], env: Record<string, string> = {}): Promise<Started> {
  const dataDir = await newDataDir()
  // PostgreSQL has an account of its own, which must keep its files.
  execFileSync('cp', ['--archive', `${startedOnce}/.`, dataDir])
  const { PATH, HOME } = process.env
  const variables = { PATH, HOME, SHELL: '/bin/sh', DATA_DIR: dataDir, PORT: '0', ...env }
  const child = spawn(command, args, { cwd: root, env: variables })
  onTestFinished(async () => {
    for (const { pid } of await processesOf(dataDir)) process.kill(pid, 'SIGKILL')
  })
  let written = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text
  })
  const address = () => /GraphiQL: (\S+)\/graphql\r?\n/.exec(written)?.[1]
  await until(() => address() !== undefined)
  return { dataDir, child, url: address() ?? '' }
}

/** A terminal of its own, in which a shell runs the command. */
const inTerminal = (command: string, env?: Record<string, string>) =>
  start('script', ['--quiet', '--command', command, '/dev/null'], env)

async function expectNothingLeft(dataDir: string): Promise<void> {
  await until(async () => (await processesOf(dataDir)).length === 0)
  await until(() => !isPostgresRunning(dataDir))
}

describe('the end of a server', { timeout: TIMEOUT_MS }, () => {
  test.for([
    ['npm start', {}],
    ['npm start', { WORKERS: '2' }],
    ['npm start', { LOG_LEVEL: 'trace' }],
  ] as const)(
    'a server ends with the terminal that runs %s with %j, and so does its PostgreSQL',
    async ([command, env]) => {
      const { dataDir, child } = await inTerminal(command, env)
      // Kills the terminal itself, which has no time to tell its programs.
      child.kill('SIGKILL')
      await expectNothingLeft(dataDir)
    },
  )

  test("a server outside of the terminal's session ends when it finds that the terminal is gone", async () => {
    const { dataDir, child, url } = await inTerminal('setsid --wait node bin/waybill.js serve')
    child.kill('SIGKILL')
    await once(child, 'close')
    // The server logs each request, and so finds that the terminal is gone.
    await fetch(`${url}/graphql`).catch(() => null)
    await expectNothingLeft(dataDir)
  })

  test('a server ends with npm, which is told to end', async () => {
    const { dataDir, child } = await start('npm', ['start'])
    child.kill('SIGTERM')
    await expectNothingLeft(dataDir)
  })

  test('a server that crashes in machine code ends, and is not tried again without end', async () => {
    for (const signal of ['SIGSEGV', 'SIGABRT'] as const) {
      const { dataDir, child } = await start('npm', ['start'], { LOG_LEVEL: 'fatal' })
      process.kill(await serverOf(dataDir), signal)
      await once(child, 'exit')
      expect(await serverOf(dataDir)).toBe(0)
    }
  })
})
