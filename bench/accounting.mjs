// What the operating system says of processes: CPU time and memory, from /proc.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const TICK_MS = 10

/** Of one process: its parent, its own CPU time and that of its children that have ended, in ms. */
function read(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program stands in brackets and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number)
    return { parent: Number(fields[1]), ms: (user + system + endedUser + endedSystem) * TICK_MS }
  } catch {
    return null
  }
}

/** Some programs that a server starts end while they are looked at. */
function ifThere(use) {
  try {
    return use()
  } catch {
    return ''
  }
}

/** A process and all below it. */
function treeOf(root) {
  const processes = new Map()
  for (const name of readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? read(name) : null
    if (found) processes.set(Number(name), found)
  }
  const belongs = (pid) => pid === root || (processes.has(pid) && belongs(processes.get(pid).parent))
  return [...processes].filter(([pid]) => belongs(pid))
}

/** CPU time in ms of a process and all below it. What has ended is counted with its parent, so nothing is lost. */
export const cpuOfTree = (root) => treeOf(root).reduce((total, [, { ms }]) => total + ms, 0)

/** The parent of one of its backends, when that is a process of this machine; null otherwise. */
export function postmasterOf(backendPid) {
  try {
    const isPostgres = readFileSync(`/proc/${backendPid}/cmdline`, 'utf8').startsWith('postgres')
    return isPostgres ? read(backendPid).parent : null
  } catch {
    return null
  }
}

/** Megabytes in memory now, and the most there ever were since `forgetPeak`: of the largest process of a tree. */
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
