import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { useApp } from '../../support/app.ts'
import { temporaryDirectory } from '../../support/git.ts'
import { createWorld, type World } from '../../support/world.ts'
import { noise, writeFiles } from '../pages/archive-world.ts'
import { clone, git, remoteOf } from './git-client.ts'

const RUNNING = 4
const PER_CALLER = 2
const IDLE_MS = 3000
const WAIT_MS = 2000

const app = useApp({
  gitProcesses: { running: RUNNING, perCaller: PER_CALLER, longestWaitMs: WAIT_MS },
  gitIdleMs: IDLE_MS,
})

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

function isAlive(id: number): boolean {
  try {
    // A process that has ended may still be listed until its parent asks for it.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Puts a script before git in the PATH, which writes down the process ID of each git that is started for this command. */
async function watchGit(command: string, before = '') {
  const dir = await temporaryDirectory()
  const list = join(dir, 'started')
  const path = process.env.PATH ?? ''
  const script = `#!/bin/sh\nPATH='${path}'\ncase " $* " in *" ${command} "*) echo $$ >> '${list}'; ${before}:;; esac\nexec git "$@"\n`
  await writeFile(list, '')
  await writeFile(join(dir, 'git'), script, { mode: 0o755 })
  vi.stubEnv('PATH', `${dir}${delimiter}${path}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  const started = () => readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number)
  return { started, alive: () => started().filter(isAlive) }
}

const packet = (line: string) => (line.length + 4).toString(16).padStart(4, '0') + line
const want = () => `${packet(`want ${world.release.sha}\n`)}0000`

/** A request of `git fetch` that has sent this text and is left open. */
function open(text: string, { fullPath }: { fullPath: string } = world.project) {
  const sent: ClientRequest = request(app.url, {
    method: 'POST',
    path: `/${fullPath}.git/git-upload-pack`,
    headers: { 'content-type': 'application/x-git-upload-pack-request', 'transfer-encoding': 'chunked' },
    agent: false,
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject)
  })
  answered.catch(() => {})
  sent.flushHeaders()
  if (text) sent.write(text)
  onTestFinished(() => void sent.destroy())
  return { sent, answered }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('latin1')) text += chunk
  return text
}

async function slowestReady(work: () => Promise<void>): Promise<number> {
  let slowest = 0
  let works = true
  const watching = (async () => {
    while (works) {
      const started = performance.now()
      await (await fetch(`${app.url}/ready`)).text()
      slowest = Math.max(slowest, performance.now() - started)
      await setTimeout(20)
    }
  })()
  await work().finally(() => {
    works = false
  })
  await watching
  return slowest
}

test('150 open fetches run two processes for their address, let others in, and are ended', async () => {
  const { started, alive } = await watchGit('http-backend')
  let most = 0
  const slowest = await slowestReady(async () => {
    const clients = Array.from({ length: 150 }, () => open(want()))
    const watching = setInterval(() => {
      most = Math.max(most, alive().length)
    }, 20)
    // Git sends its first request without the password, as an anonymous client of this address.
    const header = `http.extraHeader=PRIVATE-TOKEN: ${world.tokens.reporter}`
    const own = await clone(remoteOf(app, world, null), '-c', header)
    expect((await own.run('rev-parse', 'HEAD')).stdout.trim()).toBe(world.release.sha)
    const answers = await Promise.all(clients.map(({ answered }) => answered))
    clearInterval(watching)
    const refused = answers.filter(({ statusCode }) => statusCode === 503)
    expect(answers.filter(({ statusCode }) => statusCode === 408)).toHaveLength(150 - refused.length)
    expect(refused.length).toBeGreaterThan(100)
    expect(refused[0]?.headers['retry-after']).toBe(String(WAIT_MS / 1000))
    expect(await textOf(refused[0] as IncomingMessage)).toMatch(
      /^Too many requests that git answers at a time: try again/,
    )
  })
  // One process of the account beside the processes of the address.
  expect(most).toBeLessThanOrEqual(PER_CALLER + 1)
  expect(started().length).toBeLessThan(50)
  expect(slowest).toBeLessThan(1000)
  await vi.waitFor(() => expect(alive()).toEqual([]), 5000)
}, 30_000)

test('a client that sends nothing starts no git, and is told after a while that nothing came', async () => {
  const { started } = await watchGit('http-backend')
  const clients = Array.from({ length: 5 }, () => open(''))
  const answers = await Promise.all(clients.map(({ answered }) => answered))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([408, 408, 408, 408, 408])
  expect(await textOf(answers[0] as IncomingMessage)).toBe('Nothing came from you for too long.\n')
  expect(started()).toEqual([])
})

test('a client that does not read what it asked for is cut off, its git ends, and others take its turn', async () => {
  const large = await createWorld(app)
  const sha = await writeFiles(app.repositories.directory(large.project.id), 'large', { a: noise(16) })
  const { alive } = await watchGit('http-backend')
  const clients = Array.from({ length: PER_CALLER }, () => {
    const client = open(`${packet(`want ${sha}\n`)}0000${packet('done\n')}`, large.project)
    client.sent.end()
    return client
  })
  const responses = await Promise.all(clients.map(({ answered }) => answered))
  for (const response of responses) response.pause()
  expect(alive()).toHaveLength(PER_CALLER)
  await vi.waitFor(() => expect(alive()).toEqual([]), 25_000)
  for (const response of responses) await expect(textOf(response)).rejects.toThrow('aborted')
  const { code } = await git(app.repositoriesDir, 'ls-remote', remoteOf(app, large, null))
  expect(code).toBe(0)
}, 30_000)

test('a slow client that goes on is not cut off', async () => {
  const have = Array.from({ length: 160 }, (_, at) => packet(`have ${at.toString(16).padStart(40, '0')}\n`)).join('')
  const body = `${want()}${have}`
  const { sent, answered } = open('')
  for (let at = 0; at < body.length; at += 800) {
    sent.write(body.slice(at, at + 800))
    await setTimeout(350)
  }
  sent.end(packet('done\n'))
  const response = await answered
  expect(response.statusCode).toBe(200)
  expect(await textOf(response)).toContain('PACK')
}, 30_000)

test('lists of tags and branches run no more processes than may run for one address', async () => {
  const { started, alive } = await watchGit('for-each-ref', 'sleep 1; ')
  let most = 0
  const watching = setInterval(() => {
    most = Math.max(most, alive().length)
  }, 10)
  const url = `${app.url}/api/v4/projects/${world.project.id}/repository`
  const urls = Array.from({ length: 12 }, (_, at) => `${url}/${at % 2 ? 'tags' : 'branches'}`)
  const answers = await Promise.all(urls.map((one) => fetch(one)))
  clearInterval(watching)
  const statuses = answers.map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200, 503]))
  expect(most).toBe(PER_CALLER)
  expect(started().length).toBe(statuses.filter((status) => status === 200).length)
  const refused = answers.find(({ status }) => status === 503)
  expect(refused?.headers.get('retry-after')).toBe(String(WAIT_MS / 1000))
  expect(await refused?.json()).toEqual({ message: 'Too many requests that git answers at a time: try again later' })
})
