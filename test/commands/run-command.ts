import { afterAll, beforeAll, vi } from 'vitest'
import { main } from '../../src/cli.ts'
import { connectDatabase, db } from '../../src/database/db.ts'
import type { PrismaClient } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { createToken, createUser } from '../support/factories.ts'

export type Ran = { stdout: string; stderr: string; exitCode: number }

const texts = (write: { mock: { calls: unknown[][] } }) => write.mock.calls.map(([text]) => String(text)).join('')

/** Runs the command line in this process, with the environment as it is. */
export async function runCommand(...args: readonly string[]): Promise<Ran> {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    await main(['node', 'waybill', ...args])
    return { stdout: texts(stdout), stderr: texts(stderr), exitCode: Number(process.exitCode ?? 0) }
  } finally {
    process.exitCode = undefined
    stdout.mockRestore()
    stderr.mockRestore()
  }
}

/** Runs the command line in this process, on a server and a database of the test file. */
export function useCommands(options?: Parameters<typeof useApp>[0]) {
  const app = useApp(options)
  let administrator = ''

  beforeAll(async () => {
    const user = await createUser({ username: 'root-of-tests', name: 'root-of-tests', admin: true })
    administrator = await createToken({ userId: user.id, scopes: ['api'] })
    vi.stubEnv('DATABASE_URL', app.databaseUrl)
    vi.stubEnv('REPOSITORIES_DIR', app.repositoriesDir)
    // Vitest sets it, to '/'.
    vi.stubEnv('BASE_URL', '')
    vi.stubEnv('WAYBILL_URL', app.url)
    vi.stubEnv('WAYBILL_TOKEN', administrator)
  })
  // A command of the operator closes its database connection, which in this process is also the server's.
  const run = (...args: string[]) => runCommand(...args).finally(() => connectDatabase({ url: app.databaseUrl }))
  afterAll(() => void vi.unstubAllEnvs())

  return {
    app,
    run,
    /** The result of a command that must succeed. */
    async json<Result = Record<string, unknown>>(...args: string[]): Promise<Result> {
      const { stdout, stderr, exitCode } = await run(...args, '--json')
      if (exitCode !== 0 || stderr !== '') throw new Error(`${args.join(' ')}: ${stderr}`)
      return JSON.parse(stdout) as Result
    },
    read: <Value>(work: (client: PrismaClient) => Promise<Value>): Promise<Value> => work(db),
  }
}
