import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/waybill.js', import.meta.url))
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
/** How `npm start` bounds the heap. Without it, Node 24 lets garbage grow by 120 MB before it collects. */
const heapBounds: string[] = scripts.start.match(/--\S+/g)

export type ServerProcess = {
  pid: number
  /** The address that the server prints once it serves. Throws when the server ends before. */
  listening: () => Promise<string>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  stdout: () => string
  stderr: () => string
  kill: (signal: NodeJS.Signals) => void
  /** The most memory that the server has had so far, in MB, as the operating system reports it. */
  peakMemory: () => number
}

/** Runs what `npm start` runs, with only the environment that the shell of a new user would have. */
export function spawnServer(
  env: Record<string, string>,
  args: readonly string[] = ['serve'],
  { program = bin, ...account }: { program?: string; uid?: number; gid?: number } = {},
): ServerProcess {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [...heapBounds, program, ...args], {
    ...account,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text
  })
  // Not the event `exit`, because the last output may come after it.
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  const listening = async () => {
    for (;;) {
      const url = /GraphiQL: (\S+)\/graphql\n/.exec(written.stdout)?.[1]
      if (url) return url
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended early: ${written.stderr}`)
      await Promise.race([once(child.stdout, 'data'), ended])
    }
  }
  return {
    pid: child.pid ?? 0,
    listening,
    ended,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    kill: (signal) => void child.kill(signal),
    peakMemory: () => {
      const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
      return Number(kilobytes) / 1024
    },
  }
}

/** Sends one GraphQL operation to a server process. */
export async function ask<Data>(url: string, query: string, token?: string): Promise<{ data: Data; errors?: unknown }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { 'private-token': token } : {}) },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as { data: Data; errors?: unknown }
}
