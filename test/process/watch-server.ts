import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'

const PAUSE_MS = 20

/** The memory of the process that is resident now, as the operating system reports it. */
export function residentBytes(pid: number): number {
  const [, kib = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

/** While `work` runs: the time of the slowest `/ready`, and the most memory of the process. */
export async function watchServer({ url, pid }: { url: string; pid: number }, work: () => Promise<void>) {
  const seen = { slowestMs: 0, bytes: 0 }
  let works = true
  const watching = (async () => {
    while (works) {
      const started = performance.now()
      expect((await fetch(`${url}/ready`)).status).toBe(200)
      seen.slowestMs = Math.max(seen.slowestMs, performance.now() - started)
      seen.bytes = Math.max(seen.bytes, residentBytes(pid))
      await setTimeout(PAUSE_MS)
    }
  })()
  await Promise.race([work(), watching]).finally(() => {
    works = false
  })
  await watching
  return seen
}
