import { createHash, createHmac } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { db } from '../../database/db.ts'
import { inParallel } from '../../foundation/in-parallel.ts'
import { findDefaultBranch } from '../../git/branches.ts'
import { existingObjects, hashObjects, listRefs, packObjects } from '../../git/copy-repository.ts'
import { GitError } from '../../git/git.ts'
import { repositoryDirectory } from '../../git/mirror-repository.ts'
import { storeMeasured } from '../../storage/store-measured.ts'
import type { BackupParts } from './backup-parts.ts'
import type { Entry } from './manifest.ts'
import { type ReleasedTags, readReleasedTags } from './released-tags.ts'
import { formatRefs, parseRefs, type RepositoryRefs } from './repository-refs.ts'

const AT_A_TIME = 2
const MANY = 1000

async function* projectIds(): AsyncGenerator<number> {
  let after = 0
  for (;;) {
    const where = { id: { gt: after } }
    const rows = await db.project.findMany({ where, select: { id: true }, orderBy: { id: 'asc' }, take: MANY })
    if (rows.length === 0) return
    for (const { id } of rows) yield id
    after = rows.at(-1)?.id ?? 0
  }
}

const TAGS = 'refs/tags/'
const tagsFile = ({ scratch }: BackupParts, id: number) => path.join(scratch, 'tags', String(id))

/**
 * Notes the objects of all tags before the rows are read. A tag that is deleted between the rows and its repository is then still
 * known; its object stays in the repository, because nothing is pruned.
 */
export async function noteTags(parts: BackupParts): Promise<void> {
  await mkdir(path.join(parts.scratch, 'tags'))
  await inParallel(projectIds(), AT_A_TIME, async (id) => {
    parts.signal.throwIfAborted()
    parts.show(`tags of project ${id}`)
    const refs = await listRefs(repositoryDirectory(parts.repositoriesDir, id), TAGS).catch(nothingIfBroken)
    await writeFile(tagsFile(parts, id), [...refs].map((ref) => `${ref.join(' ')}\n`).join(''), { mode: 0o600 })
  })
}

/** A broken repository is told of when it is copied. */
function nothingIfBroken(error: unknown): Map<string, string> {
  if (error instanceof GitError) return new Map()
  throw error
}

async function notedTags(parts: BackupParts, id: number): Promise<Map<string, string>> {
  const lines = (await readFile(tagsFile(parts, id), 'utf8').catch(() => '')).split('\n').filter(Boolean)
  return new Map(lines.map((line) => line.split(' ') as [string, string]))
}

/** The present refs, and the released tags that were deleted since the rows were read. */
async function refsOf(parts: BackupParts, directory: string, { id, tags }: ReleasedTags) {
  const refs = await listRefs(directory)
  const gone = [...tags].filter(([tag]) => !refs.has(TAGS + tag))
  const noted = gone.length > 0 ? await notedTags(parts, id) : new Map<string, string>()
  for (const [tag, sha] of gone) {
    const object = noted.get(TAGS + tag) ?? sha
    if (object) refs.set(TAGS + tag, object)
  }
  const existing = await existingObjects(directory, refs.values())
  for (const [ref, object] of refs) {
    if (existing.has(object)) continue
    refs.delete(ref)
    parts.onProblem(`The repository of project ${id} does not have the object ${object} of ${ref}`)
  }
  return refs
}

type Kept = { base: string; entries: Entry[] }

/** What an earlier run has stored of exactly this repository. */
async function alreadyThere({ target }: BackupParts, id: number, base: string): Promise<Entry[] | null> {
  const keys = new Map<string, number>()
  for await (const { key, size } of target.list(`${base}.`)) keys.set(key, size)
  const content = keys.has(`${base}.refs`) ? await target.get(`${base}.refs`) : null
  if (!content) return null
  const stored = await text(content)
  const { pack } = await parseRefs(Readable.from([stored]))
  if (pack && keys.get(`${base}.pack`) !== target.sizeOf(pack.size)) return null
  return entriesOf(id, base, pack, measure(stored))
}

const measure = (content: string) => ({
  size: Buffer.byteLength(content),
  sha256: createHash('sha256').update(content).digest('hex'),
})

const entriesOf = (
  id: number,
  base: string,
  pack: RepositoryRefs['pack'],
  refs: { size: number; sha256: string },
): Entry[] => [
  ...(pack ? [{ kind: 'pack' as const, of: String(id), key: `${base}.pack`, ...pack }] : []),
  { kind: 'refs', of: String(id), key: `${base}.refs`, ...refs },
]

/** Stores the objects first and the refs last, so that a run that is interrupted leaves no refs without objects. */
async function backUpRepository(parts: BackupParts, project: ReleasedTags): Promise<Kept> {
  const { target, repositoriesDir } = parts
  const { id } = project
  const directory = repositoryDirectory(repositoriesDir, id)
  const head = await findDefaultBranch(directory)
  // The refs come first: whatever they name is among the objects that are packed after.
  const refs = await refsOf(parts, directory, project)
  const digest = createHmac('sha256', target.key).update(formatRefs({ head, refs, pack: null }))
  const hasObjects = await hashObjects(directory, digest)
  const base = `repositories/${id}/${digest.digest('hex')}`
  const there = await alreadyThere(parts, id, base)
  if (there) return { base, entries: there }
  const stored = hasObjects ? await storeMeasured(target, `${base}.pack`, packObjects(directory)) : null
  const pack = stored && { size: Number(stored.size), sha256: stored.sha256 }
  const content = formatRefs({ head, refs, pack })
  await target.put(`${base}.refs`, Readable.from([content], { objectMode: false }))
  return { base, entries: entriesOf(id, base, pack, measure(content)) }
}

/** Copies the repositories of the projects of the rows. Returns where they are, without the endings of the files. */
export async function backUpRepositories(parts: BackupParts, released: string): Promise<Set<string>> {
  const kept = new Set<string>()
  let done = 0
  await inParallel(readReleasedTags(released), AT_A_TIME, async (project) => {
    parts.signal.throwIfAborted()
    parts.show(`repository ${++done}`)
    try {
      const { base, entries } = await backUpRepository(parts, project)
      kept.add(base)
      for (const entry of entries) await parts.manifest.add(entry)
    } catch (error) {
      if (!(error instanceof GitError)) throw error
      parts.onProblem(`The repository of project ${project.id} cannot be copied: ${error.message}`)
    }
  })
  return kept
}
