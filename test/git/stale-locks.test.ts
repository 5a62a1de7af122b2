import { existsSync } from 'node:fs'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { removeStaleLocks } from '../../src/git/stale-locks.ts'
import { createTemporaryRepository } from '../support/git.ts'

test('a lock is as old as the clock of the disk says, whatever the clock of this server says', async () => {
  const { dir } = await createTemporaryRepository()
  const [held, stale] = ['HEAD.lock', 'config.lock'].map((name) => path.join(dir, name)) as [string, string]
  for (const file of [held, stale]) await writeFile(file, '')
  const before = new Date(Date.now() - 2 * 60_000)
  await utimes(stale, before, before)
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  for (const wrongBy of [60 * 60_000, -60 * 60_000]) {
    vi.setSystemTime(Date.now() + wrongBy)
    await removeStaleLocks(dir, [])
    expect([existsSync(held), existsSync(stale)]).toEqual([true, false])
    await writeFile(stale, '')
    await utimes(stale, before, before)
  }
  expect((await readdir(dir)).filter((name) => name.startsWith('clock-'))).toEqual([])
})
