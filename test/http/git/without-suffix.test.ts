import { request } from 'node:http'
import { Hono } from 'hono'
import { beforeAll, describe, expect, test } from 'vitest'
import { redirectToRepository } from '../../../src/http/pages/projects/repository-redirect.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { clone, commit, git, remoteOf } from './git-client.ts'

const app = useApp()
let world: World

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

/** The page of the project, as its `web_url` names it. */
const page = (token: string | null) => remoteOf(app, world, token).replace(/\.git$/, '')

type Answer = { status: number; location: string | undefined; text: string }

/** Sends the path as it is written, because `fetch` would tidy it up. */
const send = (path: string, { method = 'GET', headers = {} as Record<string, string> } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const sent = request(app.url, { method, path, headers }, (response) => {
      const { statusCode: status = 0, headers } = response
      response.toArray().then((chunks) => {
        resolve({ status, location: headers.location, text: Buffer.concat(chunks).toString() })
      }, reject)
    })
    sent.on('error', reject)
    sent.end()
  })

describe('git that is given the address of a project without .git', () => {
  test.each(['0', '2'])(
    'git clones, fetches and pushes with version %s of the protocol without .git',
    async (version) => {
      const own = await clone(page(world.tokens.developer), '-c', `protocol.version=${version}`)
      await commit(own, version)
      const { code, stderr } = await own.run('push', 'origin', `HEAD:version-${version}`)
      expect(stderr).toMatch(/redirecting to \S+\.git\/$/m)
      expect(code).toBe(0)
      expect((await own.run('fetch', 'origin')).code).toBe(0)
      const list = await git(app.repositoriesDir, 'ls-remote', `${page(world.tokens.reporter)}/`)
      expect(list.stdout).toContain(`refs/heads/version-${version}\n`)
    },
  )

  test('git without .git is refused as it is with .git', async () => {
    const list = (token: string | null) => git(app.repositoriesDir, 'ls-remote', page(token))
    expect((await list(world.tokens.guest)).stderr).toContain('not allowed to download')
    expect((await list(null)).stderr).toContain('could not read Username')
  })
})

describe('info/refs without .git', () => {
  test('info/refs without .git redirects to the repository with its query, whether or not there is such a project', async () => {
    const headers = { 'private-token': world.tokens.stranger ?? '' }
    for (const query of ['', '?service=git-upload-pack', '?service=git-receive-pack']) {
      for (const path of [world.project.fullPath, 'no/such', 'No/such.thing/at-all']) {
        const redirected = { status: 301, location: `/${path}.git/info/refs${query}`, text: '' }
        for (const method of ['GET', 'HEAD']) {
          expect(await send(`/${path}/info/refs${query}`, { method })).toEqual(redirected)
          expect(await send(`/${path}/info/refs${query}`, { method, headers })).toEqual(redirected)
        }
      }
    }
  })

  test('info/refs without .git takes no statement', async () => {
    const path = `/${world.project.fullPath}/info/refs?service=git-upload-pack`
    expect(await app.statementsOf(() => send(path))).toEqual([])
  })

  test.each([
    '?service=git-upload-archive',
    '?service=git-upload-pack&private_token=x',
    '?x=1',
    '?service=git-upload-pack?',
  ])('info/refs with the query %s is missing', async (query) => {
    expect(await send(`/${world.project.fullPath}/info/refs${query}`)).toMatchObject({ status: 404 })
  })

  test.each([
    '/info/refs',
    '//info/refs',
    '/one/info/refs',
    '//evil.example/x/y/info/refs',
    '/%2fevil.example/x/info/refs',
    '/evil.example%5c/x/info/refs',
    '/a/-/b/info/refs',
    '/a//b/info/refs',
    '/a/../info/refs',
    '/api/v4/info/refs',
    '/graphql/x/info/refs',
    '/a/b.git/c/info/refs',
    '/a/b.atom/info/refs',
    '/a/b%0d%0aset-cookie:x/info/refs',
    '/a/b%00/info/refs',
    '/a/b%/info/refs',
    '/a/ä/info/refs',
    '/a/b;c/info/refs',
    `/a/${'b'.repeat(256)}/info/refs`,
    `/a/${'b/'.repeat(520)}b/info/refs`,
  ])('the path %s, which belongs to no project, is missing', async (path) => {
    const { status, location } = await send(encodeURI(path).replaceAll('%25', '%'))
    expect([status, location]).toEqual([404, undefined])
  })

  test('a path with escapes that it does not need is redirected as well', async () => {
    expect(await send('/gr%6Fup%2Fapp/info/refs')).toMatchObject({ status: 301, location: '/group/app.git/info/refs' })
  })

  test('the redirect keeps the path below which a proxy serves everything', async () => {
    const served = new Hono().get('*', redirectToRepository('https://example.com/waybill/'))
    const { headers } = await served.request('/a/b/info/refs?service=git-upload-pack')
    expect(headers.get('location')).toBe('/waybill/a/b.git/info/refs?service=git-upload-pack')
  })

  test('info/refs without .git redirects only GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      expect(await send(`/${world.project.fullPath}/info/refs`, { method })).toMatchObject({ status: 404 })
    }
  })

  test('a redirect leads to the same place, where a client sends a request with its body again', async () => {
    for (const path of [world.project.fullPath, 'no/such']) {
      for (const file of ['git-upload-pack', 'git-receive-pack']) {
        const redirected = { status: 308, location: `/${path}.git/${file}`, text: '' }
        expect(await send(`/${path}/${file}`, { method: 'POST' })).toEqual(redirected)
        expect(await send(`/${path}/${file}?x`, { method: 'POST' })).toMatchObject({ status: 404 })
        expect(await send(`/${path}/${file}`)).toMatchObject({ status: 404 })
      }
    }
  })
})

describe('info/refs of a repository', () => {
  const ask = async (path: string, token: string | null, method = 'GET') => {
    const headers: Record<string, string> = token ? { 'private-token': token } : {}
    const { status, text } = await send(`/${path}.git/info/refs`, { method, headers })
    return [status, text]
  }

  test('info/refs of a repository without a service asks an anonymous client to sign in, and tells others which git it takes, whatever the project is', async () => {
    for (const path of [world.project.fullPath, 'no/such']) {
      expect(await ask(path, null)).toEqual([401, 'Sign in with a token as the password.\n'])
      for (const viewer of ['stranger', 'owner'] as const) {
        expect(await ask(path, world.tokens[viewer])).toEqual([403, expect.stringContaining('git 1.6.6')])
      }
    }
  })

  test('info/refs of a repository answers HEAD without a body', async () => {
    expect(await ask(world.project.fullPath, world.tokens.owner, 'HEAD')).toEqual([403, ''])
    expect(await ask('no/such', null, 'HEAD')).toEqual([403, ''])
  })
})
