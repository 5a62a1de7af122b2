import { afterAll, beforeAll, vi } from 'vitest'
import { main } from '../../src/cli.ts'
import { connectDatabase } from '../../src/db.ts'
import type { PrismaClient } from '../../src/generated/prisma/client.ts'
import { createDatabase } from '../support/database.ts'

export type Ran = { stdout: string; stderr: string; exitCode: number }

const texts = (write: { mock: { calls: unknown[][] } }) => write.mock.calls.map(([text]) => String(text)).join('')

/** The command line in this process, as the environment is. */
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

/** The command line on a database of the test file's own, in this process: only the options' own checks would end it. */
export function useCommands() {
  let url = ''
  let end = async () => {}

  beforeAll(async () => {
    const database = await createDatabase()
    url = database.url
    vi.stubEnv('DATABASE_URL', url)
    // Vitest sets it, to '/'.
    vi.stubEnv('BASE_URL', '')
    end = database.drop
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await end()
  })

  return {
    run: runCommand,
    /** The result of a command that must succeed. */
    async json<Result = Record<string, unknown>>(...args: string[]): Promise<Result> {
      const { stdout, stderr, exitCode } = await runCommand(...args, '--json')
      if (exitCode !== 0 || stderr !== '') throw new Error(`${args.join(' ')}: ${stderr}`)
      return JSON.parse(stdout) as Result
    },
    async read<Value>(work: (db: PrismaClient) => Promise<Value>): Promise<Value> {
      const client = connectDatabase({ url })
      return work(client).finally(() => client.$disconnect())
    },
  }
}
