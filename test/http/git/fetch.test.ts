import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { clone, git, remoteOf } from './git-client.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  const repository = { commits: 5, tags: ['v1.0.0', { name: 'v0.9.0', commit: 1, message: 'Nearly' }] }
  world = await createWorld(app, { project: { visibility: 'private' }, repository })
})

const basic = (token: string | null) =>
  token ? { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` } : {}

const list = (path: string, token: string | null = world.tokens.reporter, service = 'git-upload-pack') =>
  fetch(`${app.url}/${path}.git/info/refs?service=${service}`, { headers: basic(token) as Record<string, string> })

const statusFor = async (of: World, viewer: ViewerName) => (await list(of.project.fullPath, of.tokens[viewer])).status

describe('a git client', () => {
  test('a git client clones branches and tags', async () => {
    const own = await clone(remoteOf(app, world, world.tokens.reporter))
    expect((await own.run('rev-parse', 'HEAD')).stdout.trim()).toBe(world.release.sha)
    expect((await own.run('tag')).stdout).toBe('v0.9.0\nv1.0.0\n')
    expect((await own.run('status', '--porcelain')).stdout).toBe('')
  })

  test('a git client fetches as few commits as it asks for, and the rest later', async () => {
    const own = await clone(remoteOf(app, world, world.tokens.reporter), '--depth', '2')
    expect((await own.run('rev-list', '--count', 'HEAD')).stdout).toBe('2\n')
    expect((await own.run('fetch', '--quiet', '--unshallow')).code).toBe(0)
    expect((await own.run('rev-list', '--count', 'HEAD')).stdout).toBe('5\n')
  })

  test('a git client may speak the older protocol', async () => {
    const own = await clone(remoteOf(app, world, world.tokens.reporter), '-c', 'protocol.version=0', '--bare')
    expect((await own.run('rev-list', '--count', 'HEAD')).stdout).toBe('5\n')
  })

  test('a git client with a wrong token says that its authentication failed', async () => {
    const { stderr } = await git(app.repositoriesDir, 'ls-remote', remoteOf(app, world, 'wbt_wrong'))
    expect(stderr).toMatch(/Authentication failed/)
  })
})

describe('the right to read a repository', () => {
  const ask = async (project: Record<string, string>) => {
    const of = await createWorld(app, { project })
    const names: ViewerName[] = ['anonymous', 'stranger', 'guest', 'reporter']
    return Promise.all(names.map((viewer) => statusFor(of, viewer)))
  }

  test('a repository of a private project needs the role Reporter', async () => {
    expect(await ask({ visibility: 'private' })).toEqual([401, 404, 403, 200])
  })

  test('a repository of an internal project needs an account, and one of a public project needs nothing', async () => {
    expect(await ask({ visibility: 'internal' })).toEqual([401, 200, 200, 200])
    expect(await ask({ visibility: 'public' })).toEqual([200, 200, 200, 200])
  })

  test('a repository that is for members or for nobody is closed to others', async () => {
    expect(await ask({ visibility: 'public', repositoryLevel: 'private' })).toEqual([401, 403, 200, 200])
    expect(await ask({ visibility: 'public', repositoryLevel: 'disabled' })).toEqual([401, 403, 403, 403])
  })

  test('a hidden repository answers as a missing one', async () => {
    for (const viewer of ['anonymous', 'stranger'] as const) {
      const answers = await Promise.all(
        [world.project.fullPath, 'no/such'].map((path) => list(path, world.tokens[viewer])),
      )
      const [hidden, missing] = await Promise.all(
        answers.map(async (answer) => [answer.status, await answer.text(), answer.headers.get('www-authenticate')]),
      )
      expect(hidden).toEqual(missing)
    }
  })

  test('an anonymous client is asked for a password', async () => {
    const { status, headers } = await list(world.project.fullPath, null)
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="Waybill", charset="UTF-8"'])
  })

  test('a token may come in the headers of the API as well', async () => {
    const url = `${app.url}/${world.project.fullPath}.git/info/refs?service=git-upload-pack`
    const headers = { 'private-token': world.tokens.reporter ?? '' }
    expect((await fetch(url, { headers })).status).toBe(200)
  })

  test('the access ends with the account', async () => {
    const of = await createWorld(app, { project: { visibility: 'private' } })
    await db.user.update({ where: { id: of.users.reporter.id }, data: { state: 'blocked' } })
    expect(await statusFor(of, 'reporter')).toBe(401)
  })
})

/** Sends the path as it is written, because `fetch` would tidy it up. */
function send(method: string, path: string, body: Uint8Array = new Uint8Array(), headers: Record<string, string> = {}) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const all = { ...(basic(world.tokens.owner) as Record<string, string>), ...headers }
    const sent = request(app.url, { method, path, headers: all }, (response) => {
      let text = ''
      response.setEncoding('latin1').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('a request that no git client sends', () => {
  const packet = (line: string) => (line.length + 4).toString(16).padStart(4, '0') + line
  const path = (file: string) => `/${world.project.fullPath}.git/${file}`
  const upload = { 'content-type': 'application/x-git-upload-pack-request' }
  const receive = { 'content-type': 'application/x-git-receive-pack-request' }

  test('a request cannot leave the folder of repositories by any path', async () => {
    const { id, fullPath } = world.project
    const climbing = [`/${fullPath}/../../${id}.git`, `/..%2f${id}.git`, `/${id}.git`, `/${fullPath}%00.git`]
    for (const place of climbing) {
      expect((await send('GET', `${place}/info/refs?service=git-upload-pack`)).status).toBe(404)
    }
    for (const file of ['config', 'HEAD', 'objects/info/packs', 'info/refs/../../config']) {
      expect((await send('GET', path(file))).status).toBe(404)
    }
  })

  test('a request gets no file of the repository by the older way', async () => {
    expect((await send('GET', path('info/refs'))).status).toBe(403)
    expect((await send('GET', `${path('info/refs')}?service=git-upload-archive`)).status).toBe(403)
    expect((await send('GET', path('git-upload-pack'))).status).toBe(405)
  })

  test('a request may be compressed', async () => {
    const want = `${packet(`want ${world.release.sha}\n`)}0000${packet('done\n')}`
    const { status, text } = await send('POST', path('git-upload-pack'), gzipSync(want), {
      ...upload,
      'content-encoding': 'gzip',
    })
    expect(status).toBe(200)
    expect(text).toMatch(/^0008NAK\nPACK/)
  })

  test('a request is answered when git does not read it to its end', async () => {
    const body = Buffer.concat([Buffer.from('0000'), Buffer.alloc(4 * 1024 ** 2)])
    const { status } = await send('POST', path('git-receive-pack'), body, { 'content-type': 'text/plain' })
    expect(status).toBe(415)
    expect((await list(world.project.fullPath)).status).toBe(200)
  })

  test('a request is refused when git would not read its commands', async () => {
    const { sha } = world.release
    const zeros = '0'.repeat(40)
    const bodies = [
      'zzzz',
      '0003',
      packet('hello\n'),
      packet(`${sha} ${zeros}\n`),
      packet('push-cert\0report-status\n'),
      packet(`${sha} ${zeros} refs/tags/v1.0.0`),
      '00ff',
      // More bytes than the server reads ahead.
      `zzzz${'0'.repeat(3 * 1024 ** 2)}`,
    ]
    for (const body of bodies) {
      expect((await send('POST', path('git-receive-pack'), Buffer.from(body), receive)).status).toBe(400)
    }
    const garbage = { ...receive, 'content-encoding': 'gzip' }
    expect((await send('POST', path('git-receive-pack'), Buffer.from('no gzip'), garbage)).status).toBe(400)
    const unknown = { ...receive, 'content-encoding': 'br' }
    expect((await send('POST', path('git-receive-pack'), Buffer.from('0000'), unknown)).status).toBe(415)
    expect((await list(world.project.fullPath)).status).toBe(200)
  })
})
