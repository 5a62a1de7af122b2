// Reads the CPU time and memory of processes from /proc.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const TICK_MS = 10

/** The parent of a process, its own CPU time and the CPU time of its ended children, in ms. */
function read(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name is in brackets and may contain anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number)
    return { parent: Number(fields[1]), ms: (user + system + endedUser + endedSystem) * TICK_MS }
  } catch {
    return null
  }
}

/** Returns an empty text for a process that has ended meanwhile. */
function ifThere(use) {
  try {
    return use()
  } catch {
    return ''
  }
}

/** A process and all its descendants. */
function treeOf(root) {
  const processes = new Map()
  for (const name of readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? read(name) : null
    if (found) processes.set(Number(name), found)
  }
  const belongs = (pid) => pid === root || (processes.has(pid) && belongs(processes.get(pid).parent))
  return [...processes].filter(([pid]) => belongs(pid))
}

/** The CPU time in ms of a process and all its descendants. Ended processes are counted with their parent. */
export const cpuOfTree = (root) => treeOf(root).reduce((total, [, { ms }]) => total + ms, 0)

/** The main process of the database, found as the parent of a backend; null when it runs on another machine. */
export function postmasterOf(backendPid) {
  try {
    const isPostgres = readFileSync(`/proc/${backendPid}/cmdline`, 'utf8').startsWith('postgres')
    return isPostgres ? read(backendPid).parent : null
  } catch {
    return null
  }
}

/** The present and the peak memory (since `forgetPeak`) of the largest process of a tree, in megabytes. */
export function memoryOf(root) {
  const all = treeOf(root).map(([pid]) => ifThere(() => readFileSync(`/proc/${pid}/status`, 'utf8')))
  const megabytes = (name) =>
    Math.max(
      ...all.map((text) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024)),
    )
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
}

export function forgetPeak(root) {
  for (const [pid] of treeOf(root)) ifThere(() => writeFileSync(`/proc/${pid}/clear_refs`, '5'))
}
