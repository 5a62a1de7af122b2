import { access, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { pino } from 'pino'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { type Archive, keyOf } from '../../../src/modules/archives/archive.ts'
import { createArchives } from '../../../src/modules/archives/archives.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createTemporaryRepository, temporaryDirectory } from '../../support/git.ts'
import { beginToRead, type Files, formats, noise, watchArchives, writeFiles } from './archive-world.ts'

const app = useApp()

/** A public project whose repository holds these files under `v1`. */
async function createSources(files: Files) {
  const project = await create.createProject()
  const dir = app.repositories.directory(project.id)
  const sha = await writeFiles(dir, 'v1', files)
  const archive = (format: Archive['format']): Archive => ({
    repository: dir,
    sha,
    format,
    name: `${project.path}-v1-${sha}`,
  })
  const urlOf = (format: string) => `${app.url}/${project.fullPath}/-/archive/v1/x.${format}`
  const keptFile = (format: Archive['format']) => join(app.archivesDir, keyOf(archive(format)))
  return { dir, urlOf, keptFile }
}

const incoming = () => readdir(join(app.archivesDir, 'incoming'))

const bytesOf = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer())

describe('an archive that takes a while', () => {
  let large: Awaited<ReturnType<typeof createSources>>
  beforeAll(async () => {
    large = await createSources({ a: noise(12), b: noise(12) })
  })

  test('an archive is made once for fifty clients at a time', async () => {
    const { started } = await watchArchives()
    const { urlOf } = await createSources({ a: noise(2) })
    const all = await Promise.all(Array.from({ length: 50 }, () => bytesOf(urlOf('tar.gz'))))
    expect(all[0]?.length).toBeGreaterThan(2 * 1024 ** 2)
    expect(all.every((bytes) => all[0]?.equals(bytes))).toBe(true)
    expect(started()).toHaveLength(1)
  })

  test('an archive is given up when its only client has gone', async () => {
    const { started, alive } = await watchArchives()
    const client = await beginToRead(large.urlOf('zip'))
    expect(alive()).toHaveLength(1)
    client.destroy()
    await vi.waitFor(() => expect(alive()).toEqual([]), 5000)
    await vi.waitFor(async () => expect(await incoming()).toEqual([]), 5000)
    await expect(access(large.keptFile('zip'))).rejects.toThrow('ENOENT')
    expect(started()).toHaveLength(1)
    expect(JSON.stringify(app.logged())).not.toContain('could not be made')
  })

  test('an archive is finished when one of its clients has gone', async () => {
    const { started } = await watchArchives()
    const client = await beginToRead(large.urlOf('tar.gz'))
    const other = await fetch(large.urlOf('tar.gz'))
    client.destroy()
    const bytes = Buffer.from(await other.arrayBuffer())
    await vi.waitFor(() => access(large.keptFile('tar.gz')))
    expect((await bytesOf(large.urlOf('tar.gz'))).equals(bytes)).toBe(true)
    expect(started()).toHaveLength(1)
  })

  test('an archive breaks off, and is not kept, when the repository is broken', async () => {
    const { dir, urlOf, keptFile } = await createSources({ a: noise(1), b: 'lost' })
    const blob = (await runGit(dir, ['rev-parse', 'v1:b'])).trim()
    await rm(join(dir, 'objects', blob.slice(0, 2), blob.slice(2)))
    for (const format of formats) {
      const read = async () => {
        const response = await fetch(urlOf(format))
        if (!response.ok) throw new Error(`status ${response.status}`)
        return response.arrayBuffer()
      }
      await expect(read()).rejects.toThrow()
      await expect(access(keptFile(format))).rejects.toThrow('ENOENT')
    }
    await vi.waitFor(async () => expect(await incoming()).toEqual([]))
    expect(JSON.stringify(app.logged())).toContain('an archive could not be made')
  })
})

test('tar.bz2 is refused in words without a bzip2 command, and the other formats are made', async () => {
  const { urlOf } = await createSources({ a: 'a' })
  const bin = await temporaryDirectory()
  for (const command of ['git', 'sh']) await symlink(await find(command), join(bin, command))
  vi.stubEnv('PATH', bin)
  onTestFinished(() => void vi.unstubAllEnvs())
  const refused = await fetch(urlOf('tar.bz2'))
  expect([refused.status, await refused.json()]).toEqual([501, { message: expect.stringContaining('bzip2') }])
  for (const format of ['zip', 'tar.gz', 'tar']) expect((await fetch(urlOf(format))).status).toBe(200)
})

async function find(command: string): Promise<string> {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(dir, command)
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file
  }
  throw new Error(`there is no ${command}`)
}

describe('the room for archives', () => {
  const reader = { caller: 'anybody', signal: new AbortController().signal }
  const log = pino({ level: 'silent' })

  async function openAll(body: ReadableStream<Uint8Array>): Promise<number> {
    let size = 0
    for await (const piece of body) size += piece.length
    return size
  }

  async function createRoom(folderBytes: number) {
    const directory = await temporaryDirectory()
    const { dir: repository, commits } = await createTemporaryRepository({ commits: 4 })
    const archives = await createArchives({ directory, storage: app.storage, log, bounds: { folderBytes } })
    const of = (at: number): Archive => ({ repository, sha: commits[at] ?? '', format: 'tar', name: 'x' })
    const isKept = async (at: number) => (await archives.sizeOf(of(at))) !== null
    const read = async (at: number) => {
      await openAll((await archives.open(of(at), reader)).body)
      await vi.waitFor(async () => expect(await readdir(join(directory, 'incoming'))).toEqual([]))
    }
    return { directory, archives, of, isKept, read }
  }

  test('the room for archives is given to the archives that were used last', async () => {
    // Room for three archives of 10,240 bytes.
    const { directory, of, isKept, read } = await createRoom(35_000)
    for (const at of [0, 1, 2]) {
      await read(at)
      await vi.waitFor(() => utimes(join(directory, keyOf(of(at))), at, at))
    }
    await read(0)
    await read(3)
    await vi.waitFor(async () => {
      expect(await Promise.all([0, 1, 2, 3].map(isKept))).toEqual([true, false, true, true])
    })
  })

  test('the room for archives holds no archive that is larger, which is refused', async () => {
    const { directory, archives, of } = await createRoom(1000)
    await expect(archives.open(of(0), reader)).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(await readdir(directory, { recursive: true })).toEqual(['incoming'])
  })

  test('the room for archives is cleared at the start of what a killed server left half-written', async () => {
    const { directory, read, isKept } = await createRoom(35_000)
    await read(0)
    await writeFile(join(directory, 'incoming', 'left'), 'half')
    await createArchives({ directory, storage: app.storage, log })
    expect(await readdir(join(directory, 'incoming'))).toEqual([])
    expect(await isKept(0)).toBe(true)
  })
})
