// Archives hold the contents of Git LFS in the place of their pointers. Git reads them from a folder of their own, as replacements
// (git-replace) of the pointers, so that it streams a large file and holds little of it in memory.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createDeflate } from 'node:zlib'
import { readBeginnings } from '../../git/object-beginnings.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { findLfsObjects, type StoredObject } from '../lfs/lfs-objects.ts'
import { type LfsPointer, MAX_POINTER_BYTES, parsePointer } from '../lfs/lfs-pointer.ts'
import type { Archive, RawFile } from './archive.ts'

/** An object that the project has, and the ID of the blob that is its pointer. */
export type LfsContent = StoredObject & { blob: string }

/** Which of the blobs are pointers to objects that the project has. One statement finds all objects. */
export async function findContents({ repository, lfs }: Archive, blobs: readonly string[]): Promise<LfsContent[]> {
  if (!lfs || blobs.length === 0) return []
  const pointers = new Map<string, LfsPointer>()
  await readBeginnings(repository, blobs, MAX_POINTER_BYTES, (object) => {
    const pointer = object && parsePointer(object.content)
    if (pointer) pointers.set(object.sha, pointer)
    return undefined
  })
  const digests = [...new Set([...pointers.values()].map(({ sha256 }) => sha256))]
  const stored = new Map(
    (await findLfsObjects({ id: lfs.projectId }, digests)).map((object) => [object.sha256, object]),
  )
  return [...pointers].flatMap(([blob, { sha256, size }]) => {
    const object = stored.get(sha256)
    return object?.size === size ? { ...object, blob } : []
  })
}

type Written = { size: number; sha: string; signal: AbortSignal }

/** Writes a loose object of git, and returns its ID. `sha` is an ID of the same kind. */
async function writeObject(objects: string, content: Readable, { size, sha, signal }: Written): Promise<string> {
  const head = Buffer.from(`blob ${size}\0`)
  const hash = createHash(sha.length === 40 ? 'sha1' : 'sha256').update(head)
  const packed = createDeflate({ level: 0 })
  packed.write(head)
  content.on('data', (chunk: Buffer) => hash.update(chunk))
  const incoming = path.join(objects, 'incoming')
  await pipeline(content, packed, createWriteStream(incoming, { mode: 0o600 }), { signal })
  const id = hash.digest('hex')
  const folder = path.join(objects, id.slice(0, 2))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await rename(incoming, path.join(folder, id.slice(2)))
  return id
}

/** Whose names in `refs/` only this folder has, so that the repository's own refs and everything else stay as they are. */
const REPLACEMENTS = 'refs/worktree/lfs'

export type ArchiveSource = { repository: string; env: NodeJS.ProcessEnv }

type Preparing = { storage: FileStorage; folder: string; signal: AbortSignal }

async function prepare({ repository, sha }: Archive, contents: readonly LfsContent[], preparing: Preparing) {
  const { storage, folder, signal } = preparing
  const [objects, replacements] = [path.join(folder, 'objects'), path.join(folder, REPLACEMENTS)]
  for (const place of [objects, replacements]) await mkdir(place, { recursive: true, mode: 0o700 })
  // Git takes the folder for a second work tree of the repository, with the same commits and refs.
  await writeFile(path.join(folder, 'commondir'), `${path.resolve(repository)}\n`)
  await writeFile(path.join(folder, 'HEAD'), `${sha}\n`)
  for (const { blob, size, storageKey } of contents) {
    const content = await storage.get(storageKey)
    if (!content) throw new Error(`the storage has lost ${storageKey}`)
    const id = await writeObject(objects, content, { size, sha, signal })
    await writeFile(path.join(replacements, blob), `${id}\n`)
  }
  const env = {
    GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
    GIT_NO_REPLACE_OBJECTS: undefined,
    GIT_REPLACE_REF_BASE: `${REPLACEMENTS}/`,
  }
  return { repository: folder, env }
}

/** Makes the source of an archive that holds the contents. The folder is removed after `use`. */
export async function withContents(
  archive: Archive | RawFile,
  contents: readonly LfsContent[],
  preparing: Preparing,
  use: (source: ArchiveSource) => Promise<void>,
): Promise<void> {
  if ('blob' in archive || contents.length === 0) return use({ repository: archive.repository, env: {} })
  try {
    await use(await prepare(archive, contents, preparing))
  } finally {
    await rm(preparing.folder, { recursive: true, force: true })
  }
}
