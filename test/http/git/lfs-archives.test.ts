import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { hostileObjects, writeFiles } from '../pages/archive-world.ts'
import { digestOf, upload } from './lfs-client.ts'

const MIB = 1024 ** 2
const app = useApp({ archiveBounds: { maxBytes: 64 * MIB, maxMemory: 64 * MIB } })

const FILM = 'a film of a harbour'
const pointerTo = (content: string | Buffer) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${digestOf(content)}\nsize ${Buffer.byteLength(content)}\n`

const as = (token: string | null): Record<string, string> => (token ? { 'private-token': token } : {})
const keep = (world: World, content: string | Buffer) => upload({ app, world, token: world.tokens.owner }, content)

/** A private project whose tag `v2` has the files. */
async function worldWith(files: Record<string, string>): Promise<World> {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  await writeFiles(app.repositories.directory(world.project.id), 'v2', files)
  return world
}

const get = (world: World, where: string, { url } = app) =>
  fetch(`${url}${where}`, { headers: as(world.tokens.reporter) })

const webOf = ({ project }: World, format = 'tar') => `/${project.fullPath}/-/archive/v2/${project.path}-v2.${format}`
const restOf = ({ project }: World, query = '') =>
  `/api/v4/projects/${project.id}/repository/archive.tar?sha=v2${query}`

/** The contents of the files in a tar, by their names without the folder around them. */
function filesIn(tar: Buffer): Record<string, string> {
  const files: Record<string, string> = {}
  const text = (from: number, to: number) => tar.toString('utf8', from, to).replace(/\0.*$/s, '')
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, at + 136), 8)
    if (tar[at + 156] === 0x30)
      files[text(at, at + 100).replace(/^[^/]*\//, '')] = tar.toString('utf8', at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

async function filesAt(world: World, where: string, server = app): Promise<Record<string, string>> {
  const answer = await get(world, where, server)
  expect(answer.status).toBe(200)
  return filesIn(Buffer.from(await answer.arrayBuffer()))
}

describe('an archive of a project with Git LFS', () => {
  test('an archive holds the contents of large files, unless REST is told to leave them out', async () => {
    const world = await worldWith({ 'harbour.film': pointerTo(FILM), 'README.md': '# Films\n' })
    await keep(world, FILM)
    const whole = { 'harbour.film': FILM, 'README.md': '# Films\n' }
    expect(await filesAt(world, webOf(world))).toEqual(whole)
    expect(await filesAt(world, restOf(world))).toEqual(whole)
    const withPointers = { ...whole, 'harbour.film': pointerTo(FILM) }
    expect(await filesAt(world, restOf(world, '&include_lfs_blobs=false'))).toEqual(withPointers)
    // A client has the last byte before the server has put its copy in its place.
    await expect.poll(() => readdir(path.join(app.archivesDir, 'incoming'))).toEqual([])
  })

  test('an archive is made anew when an object comes after its commit, on every server', async () => {
    const world = await worldWith({ 'harbour.film': pointerTo(FILM), 'storm.film': pointerTo('thunder') })
    const other = await startAnotherServer(app)
    const tagOf = async () => (await get(world, webOf(world))).headers.get('etag')
    const tags = [await tagOf()]
    expect((await filesAt(world, webOf(world)))['harbour.film']).toBe(pointerTo(FILM))
    await keep(world, FILM)
    tags.push(await tagOf())
    const half = { 'harbour.film': FILM, 'storm.film': pointerTo('thunder') }
    for (const server of [app, other]) expect(await filesAt(world, webOf(world), server)).toEqual(half)
    await keep(world, 'thunder')
    tags.push(await tagOf())
    for (const server of [app, other]) {
      expect(await filesAt(world, webOf(world), server)).toEqual({ ...half, 'storm.film': 'thunder' })
    }
    expect(new Set(tags).size).toBe(3)
    const known = { ...as(world.tokens.reporter), 'if-none-match': tags.at(-1) ?? '' }
    expect((await fetch(app.url + webOf(world), { headers: known })).status).toBe(304)
  })

  test('an archive holds no object of another project, nor of another size', async () => {
    const [other, world] = [
      await worldWith({}),
      await worldWith({ 'a.film': pointerTo(FILM), 'b.film': pointerTo('own').replace('size 3', 'size 4') }),
    ]
    await keep(other, FILM)
    await keep(world, 'own')
    const files = await filesAt(world, webOf(world))
    expect(files['a.film']).toBe(pointerTo(FILM))
    expect(files['b.film']).toContain('size 4')
  })

  test('a large file takes little memory, and the bytes of an archive are the same each time', async () => {
    const film = randomBytes(40 * MIB)
    const world = await worldWith({ 'large.film': pointerTo(film) })
    await keep(world, film)
    const bytesOf = async (where: string) => Buffer.from(await (await get(world, where)).arrayBuffer())
    const zip = await bytesOf(webOf(world, 'zip'))
    expect(zip.includes(film.subarray(0, 1000))).toBe(true)
    expect((await bytesOf(webOf(world, 'zip'))).equals(zip)).toBe(true)
  })

  test('an archive is refused before it is made when its large files are too large together', async () => {
    const film = randomBytes(MIB)
    const world = await worldWith({})
    await keep(world, film)
    const dir = app.repositories.directory(world.project.id)
    const { writeBlob, manyFiles, tag } = hostileObjects(dir)
    await tag('v3', await manyFiles(await writeBlob(pointerTo(film)), 65))
    const answer = await get(world, webOf(world).replaceAll('v2', 'v3'))
    expect([answer.status, (await answer.json()).message]).toEqual([413, expect.stringContaining('too large')])
  })

  test('a ref that somebody pushed replaces nothing', async () => {
    const world = await worldWith({ 'harbour.film': pointerTo(FILM), 'README.md': 'true\n' })
    await keep(world, FILM)
    const dir = app.repositories.directory(world.project.id)
    const [readme, lie] = [
      (await runGit(dir, ['rev-parse', 'v2:README.md'])).trim(),
      await hostileObjects(dir).writeBlob('false\n'),
    ]
    for (const place of ['refs/replace', 'refs/worktree/lfs'])
      await runGit(dir, ['update-ref', `${place}/${readme}`, lie])
    await runGit(dir, ['pack-refs', '--all'])
    expect(await filesAt(world, webOf(world))).toEqual({ 'harbour.film': FILM, 'README.md': 'true\n' })
  })
})

describe('a raw file', () => {
  const rawOf = ({ project }: World, query = '') =>
    `/api/v4/projects/${project.id}/repository/files/harbour.film/raw?ref=v2${query}`

  test('a raw file is the content of its pointer when a client asks for that', async () => {
    const world = await worldWith({ 'harbour.film': pointerTo(FILM) })
    const textOf = async (query = '') => (await get(world, rawOf(world, query))).text()
    expect(await textOf('&lfs=true')).toBe(pointerTo(FILM))
    await keep(world, FILM)
    expect(await textOf('&lfs=true')).toBe(FILM)
    expect(await textOf()).toBe(pointerTo(FILM))
    const part = await fetch(app.url + rawOf(world, '&lfs=true'), {
      headers: { ...as(world.tokens.reporter), range: 'bytes=2-5' },
    })
    expect([part.status, await part.text()]).toEqual([206, 'film'])
  })

  test('a raw file is no content of another project', async () => {
    const [other, world] = [await worldWith({}), await worldWith({ 'harbour.film': pointerTo(FILM) })]
    await keep(other, FILM)
    expect(await (await get(world, rawOf(world, '&lfs=true'))).text()).toBe(pointerTo(FILM))
    expect((await fetch(app.url + rawOf(world, '&lfs=true'), { headers: as(world.tokens.guest) })).status).toBe(403)
  })
})
