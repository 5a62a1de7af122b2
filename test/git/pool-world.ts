import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { createObjectPool } from '../../src/git/object-reader.ts'
import { createRepository, type TestRepository, temporaryDirectory } from '../support/git.ts'

/** The repositories lie in one folder, which is removed when the test has finished. */
export async function createRepositories(count: number): Promise<TestRepository[]> {
  const dir = await temporaryDirectory()
  return Promise.all(Array.from({ length: count }, (_, at) => createRepository(join(dir, `${at}.git`), { commits: 3 })))
}

export function createPool(options: { maxProcesses?: number; idleMs?: number } = {}) {
  const log = { warn: vi.fn() }
  const pool = createObjectPool({ log, ...options })
  onTestFinished(() => pool.close())
  return { pool, log, shas: async (dir: string, names: string[]) => (await pool.read(dir, names)).map((it) => it?.sha) }
}

/** Puts a script before git in the PATH, which writes down the process ID of each `cat-file` that is started. */
export async function watchProcesses() {
  const dir = await temporaryDirectory()
  const list = join(dir, 'started')
  const path = process.env.PATH ?? ''
  const script = `#!/bin/sh\ncase "$*" in *cat-file*) echo $$ >> '${list}';; esac\nPATH='${path}' exec git "$@"\n`
  await writeFile(list, '')
  await writeFile(join(dir, 'git'), script, { mode: 0o755 })
  vi.stubEnv('PATH', `${dir}${delimiter}${path}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  const started = () => readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number)
  return { started, alive: () => started().filter(isAlive) }
}

export function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}
