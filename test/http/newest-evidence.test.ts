import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, viewers, type World, type WorldOptions } from '../support/world.ts'
import { web } from './pages/web-client.ts'
import { rest } from './rest/client.ts'

const app = useApp()
const encoded = encodeURIComponent

type Proven = World & { newest: string }

/** A world whose release has an older and a newer snapshot. */
async function provenWorld(options: WorldOptions = {}): Promise<Proven> {
  const world = await createWorld(app, options)
  const summary = { release: { id: world.release.id, tag_name: world.release.tag } }
  const newest = createHash('sha256').update(JSON.stringify(summary)).digest('hex')
  await create.createEvidence(world.release, { summary, sha: newest, signature: 'signed' })
  return { ...world, newest }
}

const releaseOf = async ({ project, release }: World, token: string | null) =>
  (await rest(app, 'GET', `/projects/${project.id}/releases/${encoded(release.tag)}`, { token })).body

describe('the newest evidence of a release', () => {
  test.each(['v1.0.0', 'debian/2.4.0-1', '100%', 'x/evidence.json', 'downloads/x'])(
    'the newest evidence lies behind the page of its release as evidence.json, for the tag %s, as its digest and signature say',
    async (tag) => {
      const world = await provenWorld({ tag })
      const answer = await web(app, world, `releases/${encoded(tag)}/evidence.json`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
      expect([answer.headers.get('etag'), answer.headers.get('x-waybill-signature')]).toEqual([
        `"${world.newest}"`,
        'signed',
      ])
      expect(
        createHash('sha256')
          .update(await answer.text())
          .digest('hex'),
      ).toBe(world.newest)
      const again = await web(app, world, `releases/${encoded(tag)}/evidence.json`, {
        headers: { 'if-none-match': `"${world.newest}"` },
      })
      expect(again.status).toBe(304)
    },
  )

  test('the newest evidence is found by a tag with plain slashes, and by the number of the release', async () => {
    const world = await provenWorld({ tag: 'debian/2.4.0-1' })
    for (const name of ['debian/2.4.0-1', `id/${world.release.id}`]) {
      const answer = await web(app, world, `releases/${name}/evidence.json`)
      expect([name, answer.status, answer.headers.get('etag')]).toEqual([name, 200, `"${world.newest}"`])
    }
  })

  test.each(['evidence', 'evidence.json'])(
    'the address permalink/latest/%s leads to the newest evidence',
    async (suffix) => {
      const world = await provenWorld()
      const answer = await web(app, world, `releases/permalink/latest/${suffix}`)
      const location = `${app.url}/${world.project.fullPath}/-/releases/v1.0.0/evidence.json`
      expect([answer.status, answer.headers.get('location')]).toEqual([302, location])
      expect((await fetch(location)).headers.get('etag')).toBe(`"${world.newest}"`)
    },
  )

  test('REST reads the newest evidence, also by its permalink to the latest release', async () => {
    const world = await provenWorld()
    const { tokens } = world
    const path = `/projects/${world.project.id}/releases`
    const latest = await rest(app, 'GET', `${path}/permalink/latest/evidence`, { token: tokens.reporter })
    expect([latest.status, latest.headers.get('location')]).toEqual([302, `/api/v4${path}/v1.0.0/evidence`])
    const answer = await rest(app, 'GET', `${path}/v1.0.0/evidence`, { token: tokens.reporter })
    expect([answer.status, answer.headers.get('etag'), answer.body.release.tag_name]).toEqual([
      200,
      `"${world.newest}"`,
      'v1.0.0',
    ])
  })

  test('the newest evidence has its digest and its absolute URL in the release', async () => {
    const world = await provenWorld({ tag: 'a/b' })
    const body = await releaseOf(world, null)
    expect(body.evidence_sha).toBe(world.newest)
    expect(body.assets.evidence_file_path).toBe(`${app.url}/${world.project.fullPath}/-/releases/a%2Fb/evidence.json`)
    expect(await (await fetch(body.assets.evidence_file_path)).json()).toMatchObject({ release: { tag_name: 'a/b' } })
    const list = await rest(app, 'GET', `/projects/${world.project.id}/releases`)
    expect(list.body[0]).toMatchObject({ evidence_sha: world.newest })
  })

  test('the newest evidence is missing, and so are its keys, when the release has none', async () => {
    const world = await createWorld(app)
    await db.evidence.deleteMany({ where: { releaseId: world.release.id } })
    expect((await web(app, world, 'releases/v1.0.0/evidence.json')).status).toBe(404)
    expect((await rest(app, 'GET', `/projects/${world.project.id}/releases/v1.0.0/evidence`)).status).toBe(404)
    expect((await web(app, world, 'releases/none/evidence.json')).status).toBe(404)
    const body = await releaseOf(world, null)
    expect(['evidence_sha' in body, 'evidence_file_path' in body.assets]).toEqual([false, false])
  })

  test('the newest evidence and its keys are shown to viewers who may see the snapshots', async () => {
    const world = await provenWorld({ project: { visibility: 'private' } })
    const { id: number } = await db.evidence.findFirstOrThrow({
      where: { sha: world.newest, releaseId: world.release.id },
    })
    for (const viewer of viewers) {
      const token = world.tokens[viewer]
      const snapshot = await web(app, world, `releases/v1.0.0/evidences/${number}.json`, { token })
      for (const path of ['v1.0.0/evidence.json', `id/${world.release.id}/evidence.json`]) {
        const answer = await web(app, world, `releases/${path}`, { token })
        expect([viewer, path, answer.status]).toEqual([viewer, path, snapshot.status])
      }
      const list = await rest(app, 'GET', `/projects/${world.project.id}/releases`, { token })
      const shown = list.text.includes(world.newest)
      expect([viewer, shown, list.text.includes('evidence_file_path')]).toEqual([
        viewer,
        snapshot.status === 200,
        snapshot.status === 200,
      ])
    }
  })

  test('the newest evidence and its keys are hidden when the issue tracker is off', async () => {
    const world = await provenWorld({ project: { issuesLevel: 'disabled' } })
    const { owner: token } = world.tokens
    expect((await web(app, world, 'releases/v1.0.0/evidence.json', { token })).status).toBe(404)
    const path = `/projects/${world.project.id}/releases/v1.0.0/evidence`
    expect((await rest(app, 'GET', path, { token })).status).toBe(404)
    const body = await releaseOf(world, token)
    expect(['evidence_sha' in body, 'evidence_file_path' in body.assets]).toEqual([false, false])
  })

  test('the newest evidence leads a Guest nowhere, and reveals no tag', async () => {
    const world = await provenWorld({ project: { visibility: 'private' }, tag: 'v9.8.7-secret' })
    const { guest: token } = world.tokens
    const latest = await web(app, world, 'releases/permalink/latest/evidence', { token })
    expect(latest.headers.get('location')).toBe(
      `${app.url}/${world.project.fullPath}/-/releases/id/${world.release.id}/evidence.json`,
    )
    const answers = await Promise.all(
      [world.release.tag, 'v0.0.0'].map((tag) => web(app, world, `releases/${tag}/evidence.json`, { token })),
    )
    expect(answers.map(({ status }) => status)).toEqual([404, 404])
    expect(await answers[0]?.text()).toBe(await answers[1]?.text())
  })
})
