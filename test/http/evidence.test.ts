import { createHash } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Release } from '../../src/generated/prisma/client.ts'
import { collectEvidence } from '../../src/modules/evidence/collect-evidence.ts'
import { verifyEvidence } from '../../src/modules/evidence/verify-evidence.ts'
import { rotateSigningKey } from '../../src/signing/signing-keys.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

async function collect(release: Release) {
  const evidence = await db.$transaction((tx) => collectEvidence(tx, release.id, { occasion: null, baseUrl: app.url }))
  if (!evidence) throw new Error('the release is gone')
  return evidence
}

const urlOf = (world: World, evidence: { id: number }, tag = world.release.tag) =>
  `${app.url}/${world.project.fullPath}/-/releases/${encodeURIComponent(tag)}/evidences/${evidence.id}.json`

const as = (token: string | null): Record<string, string> => (token ? { 'private-token': token } : {})

const get = (url: string, headers: Record<string, string> = {}, method = 'GET') => fetch(url, { method, headers })

async function publishedKeys(): Promise<JSONWebKeySet> {
  return (await (await get(`${app.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet
}

const failuresOf = async (response: Response) => {
  const checks = await verifyEvidence({
    bytes: new Uint8Array(await response.arrayBuffer()),
    jwks: await publishedKeys(),
    signature: response.headers.get('x-waybill-signature') ?? '',
    sha: response.headers.get('etag')?.replaceAll('"', '') ?? '',
  })
  return checks.filter(({ ok }) => !ok)
}

describe('the URL of evidence', () => {
  test.each(['v1.0.0', 'debian/2.4.0-1', 'a/b/c', '100%', 'ä#&+;=', '%2F', 'v1/evidences/1.json'])(
    'the URL of evidence answers the document byte for byte as digested and signed, for the tag %s',
    async (tag) => {
      const world = await createWorld(app, { tag })
      const evidence = await collect(world.release)
      const response = await get(urlOf(world, evidence))
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(response.headers.get('etag')).toBe(`"${evidence.sha}"`)
      const text = await response.clone().text()
      expect(createHash('sha256').update(text).digest('hex')).toBe(evidence.sha)
      expect(JSON.parse(text)).toMatchObject({ release: { tag_name: tag } })
      expect(await failuresOf(response)).toEqual([])
    },
  )

  test('the URL of evidence answers HEAD as GET, without the document', async () => {
    const world = await createWorld(app)
    const url = urlOf(world, await collect(world.release))
    const [whole, head] = [await get(url), await get(url, {}, 'HEAD')]
    const shown = ({ status, headers }: Response) => [
      status,
      ...['etag', 'content-length', 'content-type', 'x-waybill-signature'].map((name) => headers.get(name)),
    ]
    expect(shown(head)).toEqual(shown(whole))
    expect(head.headers.get('content-length')).toBe(String((await whole.arrayBuffer()).byteLength))
    expect(await head.text()).toBe('')
  })

  test.each<[string, (etag: string) => string, number]>([
    ['the same', (etag) => etag, 304],
    ['the same as weak', (etag) => `W/${etag}`, 304],
    ['it among others', (etag) => `"x", ${etag}`, 304],
    ['any', () => '*', 304],
    ['another', () => '"x"', 200],
  ])('the URL of evidence answers a client that has %s document', async (_name, known, status) => {
    const world = await createWorld(app)
    const evidence = await collect(world.release)
    const response = await get(urlOf(world, evidence), { 'if-none-match': known(`"${evidence.sha}"`) })
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    if (status === 304) expect(await response.text()).toBe('')
  })
})

describe('the right to read evidence', () => {
  const readers: Record<'public' | 'internal' | 'private', readonly ViewerName[]> = {
    public: viewers,
    internal: viewers.slice(1),
    private: ['reporter', 'developer', 'maintainer', 'owner'],
  }

  test.each(['public', 'internal', 'private'] as const)(
    'each viewer who may read evidence of a %s project gets it',
    async (visibility) => {
      const world = await createWorld(app, { project: { visibility } })
      const url = urlOf(world, await collect(world.release))
      const allowed = []
      for (const viewer of viewers) {
        const { status } = await get(url, as(world.tokens[viewer]))
        expect([200, 404]).toContain(status)
        if (status === 200) allowed.push(viewer)
      }
      expect(allowed).toEqual(readers[visibility])
    },
  )

  test('nobody reads evidence where issues are switched off', async () => {
    const world = await createWorld(app, { project: { issuesLevel: 'disabled' } })
    const url = urlOf(world, await collect(world.release))
    expect((await get(url, as(world.tokens.owner))).status).toBe(404)
  })

  test('evidence that is hidden, missing or under another tag answers alike', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const evidence = await collect(world.release)
    const other = await create.createRelease(world.project)
    const answer = async (url: string, viewer: ViewerName) => {
      const response = await get(url, as(world.tokens[viewer]))
      const headers = [...response.headers].filter(([name]) => !/^(?:date|x-request-id|ratelimit-.*)$/.test(name))
      return { status: response.status, headers, body: await response.text() }
    }
    const nowhere = await answer(`${app.url}/nowhere`, 'guest')
    expect(nowhere.body).toBe('{"message":"404 Not Found"}')
    for (const viewer of ['anonymous', 'stranger', 'guest'] as const) {
      for (const tag of [world.release.tag, other.tag, 'no/such']) {
        expect(await answer(urlOf(world, evidence, tag), viewer)).toEqual(nowhere)
      }
    }
    expect(await answer(urlOf(world, evidence, other.tag), 'owner')).toEqual(nowhere)
    expect(await answer(urlOf(world, { id: 2_000_000_000 }), 'owner')).toEqual(nowhere)
    expect(await answer(urlOf(world, { id: 99_999_999_999 }), 'owner')).toEqual(nowhere)
    expect(await answer(urlOf(world, evidence, 'a\u0000b'), 'owner')).toEqual(nowhere)
    expect(await answer(`${app.url}/no/such/-/releases/v1/evidences/1.json`, 'owner')).toEqual(nowhere)
  })

  test('the evidence of a tag with a slash is found by the encoded name only', async () => {
    const world = await createWorld(app, { tag: 'a/b' })
    const url = urlOf(world, await collect(world.release))
    expect((await get(url.replace('a%2Fb', 'a/b'))).status).toBe(404)
  })

  test('a wrong credential is refused, as JSON, even for what anybody may read', async () => {
    const world = await createWorld(app)
    const url = urlOf(world, await collect(world.release))
    const credentials = [{ 'private-token': 'wbt_wrong' }, { 'job-token': 'a.b.c' }, { authorization: 'Bearer wrong' }]
    for (const headers of credentials) {
      const response = await get(url, headers as Record<string, string>)
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      expect(await response.json()).toEqual({ message: expect.any(String) })
    }
  })

  test('a token that may only read is enough, also as a bearer', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const url = urlOf(world, await collect(world.release))
    const token = await create.tokenFor(world.users.reporter, ['read_api'])
    expect((await get(url, { authorization: `Bearer ${token}` })).status).toBe(200)
  })
})

describe('the public keys', () => {
  test('anybody may keep the keys for a while, and pages of any origin may read them', async () => {
    const response = await get(`${app.url}/.well-known/jwks.json`)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('earlier keys stay published after a rotation, so that older evidence can still be verified', async () => {
    const world = await createWorld(app)
    const before = await collect(world.release)
    const key = await db.$transaction(rotateSigningKey)
    const after = await collect(world.release)
    expect((await publishedKeys()).keys[0]?.kid).toBe(key.kid)
    const kidOf = (jws: string | null) =>
      JSON.parse(Buffer.from((jws ?? '').split('.')[0] ?? '', 'base64url').toString()).kid as string
    expect(kidOf(after.signature)).toBe(key.kid)
    expect(kidOf(before.signature)).not.toBe(key.kid)
    for (const evidence of [before, after]) expect(await failuresOf(await get(urlOf(world, evidence)))).toEqual([])
  })
})
