import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { initRepository } from '../../../src/git/mirror-repository.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { beginToRead, hostileObjects, noise, stopArchives, watchArchives, writeFiles } from './archive-world.ts'

const MIB = 1024 ** 2
const FOLDER_BYTES = 30 * MIB
const MAKE_WAY_MS = 6000

const app = useApp({
  archiveBounds: {
    maxBytes: 16 * MIB,
    maxFiles: 300,
    maxSeconds: 6,
    maxMemory: 14 * MIB,
    folderBytes: FOLDER_BYTES,
    running: 2,
    perCaller: 1,
    waiting: 4,
    longestWaitMs: 500,
    makeWayMs: MAKE_WAY_MS,
  },
})

async function createHostile() {
  const project = await create.createProject()
  const dir = app.repositories.directory(project.id)
  await initRepository(dir)
  const urlOf = (tag: string, format = 'tar') => `${app.url}/${project.fullPath}/-/archive/${tag}/x.${format}`
  return { ...hostileObjects(dir), urlOf }
}

/** Expects a refusal in words that leaves no trace in the folder. */
async function expectRefusal(url: string, reason: RegExp) {
  const before = await readdir(app.archivesDir, { recursive: true })
  const { started } = await watchArchives()
  const response = await fetch(url)
  expect([response.status, await response.json()]).toEqual([413, { message: expect.stringMatching(reason) }])
  expect(await readdir(app.archivesDir, { recursive: true })).toEqual(before)
  return started()
}

describe('sources that are too large for an archive', () => {
  let hostile: Awaited<ReturnType<typeof createHostile>>
  beforeAll(async () => {
    hostile = await createHostile()
  })

  test('sources with too many bytes are refused before anything is made', async () => {
    const { writeBlob, manyFiles, manyFolders, tag, urlOf } = hostile
    const tree = await manyFiles(await writeBlob(Buffer.alloc(MIB)), 16)
    await tag('bytes', await manyFolders(tree, 16))
    for (const format of ['tar', 'tar.gz', 'zip']) {
      expect(await expectRefusal(urlOf('bytes', format), /at most 16777216 bytes: fetch them with git/)).toEqual([])
    }
  })

  test('sources with too many files are refused before anything is made, also when folders hold nothing but themselves, twice', async () => {
    const { writeBlob, writeTree, manyFiles, manyFolders, tag, urlOf } = hostile
    await tag('files', await manyFolders(await manyFiles(await writeBlob(''), 17), 18))
    expect(await expectRefusal(urlOf('files'), /at most 300 files and folders/)).toEqual([])
    let tree = await writeTree([])
    for (let depth = 0; depth < 40; depth += 1) tree = await manyFolders(tree, 2)
    await tag('folders', tree)
    const before = performance.now()
    expect(await expectRefusal(urlOf('folders', 'zip'), /at most 300 files and folders/)).toEqual([])
    expect(performance.now() - before).toBeLessThan(2000)
  })

  test('sources with too long a path are refused before anything is made', async () => {
    const { writeBlob, writeTree, manyFiles, tag, urlOf } = hostile
    let tree = await manyFiles(await writeBlob('x'), 1)
    for (let depth = 0; depth < 20; depth += 1) {
      tree = await writeTree([{ mode: '040000', sha: tree, name: 'n'.repeat(250) }])
    }
    await tag('deep', tree)
    expect(await expectRefusal(urlOf('deep'), /at most 4096 bytes in a path/)).toEqual([])
  })

  test.runIf(process.platform === 'linux')('sources that need too much memory of git are refused', async () => {
    const { writeBlob, manyFiles, tag, urlOf } = hostile
    await tag('memory', await manyFiles(await writeBlob(Buffer.alloc(15 * MIB)), 1))
    await expectRefusal(urlOf('memory'), /needs more than 14680064 bytes of memory/)
  })

  test('sources that take too long are given up, and git ends', async () => {
    const { writeBlob, manyFiles, tag, urlOf } = hostile
    await tag('slow', await manyFiles(await writeBlob('x'), 1))
    await stopArchives()
    const before = performance.now()
    const [pid = 0] = await expectRefusal(urlOf('slow'), /takes more than 6 seconds/)
    expect(performance.now() - before).toBeLessThan(14_000)
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  test('sources that turn out too large while an archive is made break it off, and leave nothing', async () => {
    const { writeBlob, writeTree, tag, urlOf } = hostile
    const attributes = await writeBlob('* export-subst\n')
    const grows = await writeBlob('$Format:%B$\n'.repeat(8))
    const files = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ mode: '100644', sha: grows, name }) as const)
    const tree = await writeTree([{ mode: '100644', sha: attributes, name: '.gitattributes' }, ...files])
    await tag('expanding', tree, 'x'.repeat(400_000))
    const answer = fetch(urlOf('expanding')).then(async (response) => {
      if (response.status === 413) throw new Error('refused')
      return response.arrayBuffer()
    })
    await expect(answer).rejects.toThrow('terminated')
    await vi.waitFor(async () => expect(await readdir(join(app.archivesDir, 'incoming'))).toEqual([]))
  })
})

/** Makes files that cannot be compressed, each under a tag. */
async function createLarge(tags: readonly string[], mebibytes: number) {
  const project = await create.createProject()
  const dir = app.repositories.directory(project.id)
  for (const tag of tags) await writeFiles(dir, tag, { [tag]: noise(mebibytes) })
  return (tag: string, format = 'tar') => `${app.url}/${project.fullPath}/-/archive/${tag}/x.${format}`
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const file = join(folder, entry.name)
    return sum + (entry.isDirectory() ? sizeOf(file) : (statSync(file, { throwIfNoEntry: false })?.size ?? 0))
  }, 0)

describe('the folder of archives', () => {
  test('the folder of archives never holds more than its bound, counting archives that are being made', async () => {
    const tags = ['a', 'b', 'c', 'd', 'e']
    const urlOf = await createLarge(tags, 9)
    let most = 0
    const watching = setInterval(() => {
      most = Math.max(most, sizeOf(app.archivesDir))
    }, 10)
    try {
      for (const tag of tags) {
        const response = await fetch(urlOf(tag))
        expect(response.status).toBe(200)
        expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(9 * MIB)
      }
    } finally {
      clearInterval(watching)
    }
    expect(most).toBeGreaterThan(18 * MIB)
    expect(most).toBeLessThanOrEqual(FOLDER_BYTES)
  }, 60_000)

  test('the folder of archives does not remove an archive that is being read, until its readers have had their time', async () => {
    const urlOf = await createLarge(['f', 'g', 'h'], 11.5)
    const readers = []
    for (const tag of ['f', 'g']) {
      readers.push(await beginToRead(urlOf(tag)))
      await vi.waitFor(async () => expect(await readdir(join(app.archivesDir, 'incoming'))).toEqual([]), 20_000)
    }
    const refused = await fetch(urlOf('h'))
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { message: 'There is no room for another archive now' },
    ])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    await setTimeout(MAKE_WAY_MS)
    const brokenOff = Promise.race(readers.map((reader) => once(reader.resume(), 'error')))
    const made = await fetch(urlOf('h'))
    expect(made.status).toBe(200)
    await made.arrayBuffer()
    await brokenOff
    for (const reader of readers) reader.destroy()
    expect(sizeOf(app.archivesDir)).toBeLessThanOrEqual(FOLDER_BYTES)
  }, 60_000)
})

describe('the queue of archives', () => {
  test('archives wait in line, one by one for each address, and are refused when the line does not move', async () => {
    const urlOf = await createLarge(['v1', 'v2', 'v3'], 0.01)
    const { started } = await watchArchives()
    await stopArchives()
    const leave = new AbortController()
    const first = fetch(urlOf('v1'), { signal: leave.signal })
    first.catch(() => {})
    await setTimeout(300)
    const before = performance.now()
    const others = await Promise.all(['v2', 'v3'].map((tag) => fetch(urlOf(tag))))
    expect(others.map(({ status }) => status)).toEqual([503, 503])
    expect(await others[0]?.json()).toEqual({ message: 'Too many archives at a time: try again later' })
    expect(others[0]?.headers.get('retry-after')).toBe('1')
    expect(performance.now() - before).toBeLessThan(3000)
    leave.abort()
    expect(started().length).toBeLessThanOrEqual(1)
  })

  test('archives are made for other addresses meanwhile', async () => {
    const urlOf = await createLarge(['v1', 'v2'], 0.01)
    const token = await create.tokenFor(await create.createUser())
    await stopArchives()
    const leave = new AbortController()
    fetch(urlOf('v1'), { signal: leave.signal }).catch(() => {})
    await setTimeout(300)
    vi.unstubAllEnvs()
    const other = await fetch(urlOf('v2', 'zip'), { headers: { 'private-token': token } })
    expect(other.status).toBe(200)
    leave.abort()
  })
})
