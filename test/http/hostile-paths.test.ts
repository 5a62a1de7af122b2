import { request } from 'node:http'
import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { createWorld } from '../support/world.ts'

const app = useApp()

let project: string
beforeAll(async () => {
  project = (await createWorld(app)).project.fullPath
  // Uses each door once, because code that is compiled at first use does not count.
  for (const door of doors()) await send(`${door}x`)
})

/** Node takes at most 16 KB of request line and headers. */
const LONGEST = 15_000
const MAX_CPU_MS = 100

/** Sends the path as it is, with dots and slashes that `fetch` would not send. */
function send(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url)
    const sent = request({ hostname, port, path, maxHeaderSize: 1_000_000 }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject).end()
  })
}

const doors = () => [
  '/',
  '/api/v4/',
  '/api/v4/projects/',
  '/api/v4/projects/1/releases/',
  '/api/v4/projects/1/releases/v1.0.0/downloads/',
  '/api/v4/projects/1/repository/branches/',
  `/${project}/-/releases/`,
  `/${project}/-/archive/`,
  `/${project}/-/package_files/`,
  `/${project}.git/`,
  '/graphql/',
  '/.well-known/',
]

const pieces = [
  '/-/',
  '/',
  '-/',
  'a/',
  '/-/releases/',
  '/-/archive/',
  '/-/releases/a/evidences/1.json',
  'releases/a/evidences/',
  '/-/package_files/1/download',
  'downloads/',
  'a/-/releases.atom',
  '.git/info/refs',
  'projects/1/releases/',
  '%2F',
  '%2f-%2f',
  '%25',
  '%',
  '%E2%82',
  '%C3%B6',
  '../',
  '%2e%2e/',
  ';',
  '\\',
  '?a[][b]=1&',
  '?',
]

describe.each(pieces)('a path of "%s" again and again', (piece) => {
  test('is answered by every door without much work', async () => {
    for (const door of doors()) {
      for (const end of ['', '/-/x']) {
        const path = door + piece.repeat(Math.floor((LONGEST - door.length - end.length) / piece.length)) + end
        const before = process.cpuUsage()
        const status = await send(path)
        const { user, system } = process.cpuUsage(before)
        const what = `${door} ${end}`
        expect([what, status]).toEqual([what, expect.toBeOneOf([200, 302, 400, 401, 403, 404, 405])])
        expect([what, (user + system) / 1000 < MAX_CPU_MS || (user + system) / 1000]).toEqual([what, true])
      }
    }
  })
})

test('a path of 5,000 times /-/ answers 404', async () => {
  const before = process.cpuUsage()
  expect(await send(`/${'/-/'.repeat(5000)}`)).toBe(404)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1000).toBeLessThan(MAX_CPU_MS)
})

test('a path longer than any that is used is refused before it is parsed', async () => {
  expect(await send(`/${'a'.repeat(20_000)}`)).toBe(431)
})
