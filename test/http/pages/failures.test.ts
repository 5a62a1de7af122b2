// What a person sees in a browser when a page cannot be shown: a page in the same style, with the status and the headers that a program gets.
import { writeFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { BROWSER, web } from './web-client.ts'

/** Ten points a request, so that an anonymous address may open 30 pages in a minute. */
const app = useApp({ rateLimits: { account: 300_000, address: 300 } })

let world: World
beforeAll(async () => {
  world = await createWorld(app, {
    project: { visibility: 'public' },
    tag: 'v1',
    repository: { commits: 1, tags: ['v1'] },
  })
})

const token = () => world.tokens.developer ?? null

/** The words of the heading, and whether it is a whole page of ours. */
async function shown(answer: Response) {
  const text = await answer.text()
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(answer.headers.get('cache-control')).toContain('no-store')
  expect(text).toContain('<!doctype html>')
  expect(text).toContain('/api/v4/docs')
  return /<h1>(.*?)<\/h1>/.exec(text)?.[1]
}

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
  'a page that only shows refuses %s, and says what it takes',
  async (method) => {
    for (const path of ['releases', 'releases/v1', 'tags', 'commits/main', 'milestones', 'issues', 'members']) {
      const answer = await web(app, world, path, { method, token: token(), headers: BROWSER })
      expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, 'GET, HEAD'])
      expect(await shown(answer)).toBe('Not allowed here')
    }
    const answer = await web(app, world, 'releases', { method, token: token() })
    expect([answer.status, await answer.json()]).toEqual([
      405,
      { message: `This page takes GET, HEAD, and not ${method}` },
    ])
  },
)

test('a page with a form refuses what is neither read nor sent by a browser', async () => {
  const answer = await web(app, world, 'milestones/new', { method: 'PUT', token: token(), headers: BROWSER })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
})

test('a hidden project and a missing one refuse a write alike', async () => {
  const hidden = await create.createProject({ visibility: 'private' })
  const ask = async (path: string) => {
    const answer = await fetch(`${app.url}/${path}/-/releases`, { method: 'POST', headers: BROWSER })
    return [answer.status, (await answer.text()).replaceAll(path, 'P')]
  }
  expect(await ask(hidden.fullPath)).toEqual(await ask('no/where'))
})

test('a page of a repository that cannot be read says that it is not now, and when to come again', async () => {
  const other = await createWorld(app, { project: { visibility: 'public' }, repository: { commits: 1, tags: ['v1'] } })
  const directory = app.repositories.directory(other.project.id)
  await writeFile(`${directory}/config`, '[core')
  const answer = await web(app, other, 'tags', { headers: BROWSER, token: other.tokens.developer ?? null })
  expect(answer.status).toBe(503)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await shown(answer)).toBe('Not now')
})

test('who has been signed out meanwhile is told where to sign in, and comes back to the form', async () => {
  const from = { ...BROWSER, origin: app.url, 'sec-fetch-site': 'same-origin' }
  const answer = await web(app, world, 'milestones/new', { method: 'POST', headers: from })
  expect(answer.status).toBe(401)
  const text = await answer.text()
  const back = encodeURIComponent(`/${world.project.fullPath}/-/milestones/new`)
  expect(text).toContain(`-/sign-in?return_to=${back}">Sign in</a>`)
})

test('who asks too often gets a page that says when to come again', async () => {
  const ask = () => web(app, world, 'releases', { headers: BROWSER })
  let answer = await ask()
  for (let at = 0; at < 40 && answer.status === 200; at++) answer = await ask()
  expect(answer.status).toBe(429)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(answer.headers.get('ratelimit-remaining')).toBe('0')
  expect(await shown(answer)).toBe('Too many requests')
})
