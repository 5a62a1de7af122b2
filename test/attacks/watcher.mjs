// Watches a server while it is attacked, from a process of its own: asks `/ready` ten times a second, and asks the operating
// system how much memory the server and the programs that it runs hold. Postgres is left out: its size is configured.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'

const [, , url, pid] = process.argv
const EVERY_MS = 100
const GIVE_UP_MS = 3_000

/** Kilobytes in a line of `/proc/<pid>/status`; 0 when the process has gone. */
function kilobytes(id, name) {
  try {
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function parentsAndNames() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? []
        return [{ id, name, parent }]
      } catch {
        return []
      }
    })
}

function programsOf(root) {
  const all = parentsAndNames()
  const below = (id) =>
    all.filter(({ parent, name }) => parent === id && name !== 'postgres').flatMap((one) => [one.id, ...below(one.id)])
  return below(root)
}

const nothing = { asked: 0, slowestMs: 0, refused: 0, why: '', kilobytes: 0, programs: 0 }
let seen = { ...nothing }
let waiting = new Map()

function measure() {
  const programs = programsOf(pid)
  const held = programs.reduce((sum, id) => sum + kilobytes(id, 'VmRSS'), kilobytes(pid, 'VmRSS'))
  seen.kilobytes = Math.max(seen.kilobytes, held)
  seen.programs = Math.max(seen.programs, programs.length)
}

function ask() {
  const one = Symbol('question')
  const mine = seen
  const started = performance.now()
  mine.asked += 1
  const done = (failure) => {
    if (!waiting.delete(one)) return
    mine.slowestMs = Math.max(mine.slowestMs, performance.now() - started)
    if (failure) Object.assign(mine, { refused: mine.refused + 1, why: String(failure) })
  }
  waiting.set(one, started)
  const request = get(`${url}/ready`, { agent: false, timeout: GIVE_UP_MS }, (response) => {
    response.resume().on('end', () => done(response.statusCode === 200 ? null : response.statusCode))
  })
  request.on('timeout', () => request.destroy()).on('error', ({ message }) => done(message))
}

function begin() {
  seen = { ...nothing }
  waiting = new Map()
  try {
    // Resets the peak of the memory, so that VmHWM counts from now on.
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // The process has gone, which the requests to `/ready` show.
  }
}

function end() {
  measure()
  const unanswered = [...waiting.values()].map((started) => performance.now() - started)
  const slowestMs = Math.round(Math.max(seen.slowestMs, ...unanswered))
  const peak = Math.max(seen.kilobytes, kilobytes(pid, 'VmHWM'))
  process.send({ ...seen, slowestMs, megabytes: Math.round(peak / 1024) })
}

begin()
setInterval(() => {
  measure()
  ask()
}, EVERY_MS)
process.on('message', (order) => (order === 'begin' ? begin() : end()))
process.on('disconnect', () => process.exit())
process.send('watching')
