import { READER_MEMORY, runGit } from './git.ts'
import { parseIdentity } from './identity.ts'
import { readBeginnings } from './object-beginnings.ts'
import type { GitObject } from './object-parser.ts'
import type { TagRef } from './tag-refs.ts'

/** Larger objects are not read, because git holds a whole object in memory even when only its beginning is read. */
const MAX_OBJECT_BYTES = 64 * 1024 ** 2

const BEGINNING_BYTES = 8 * 1024

/** Follows tags of tags to this depth. Nobody makes deeper ones. */
const MAX_LEVELS = 8

type Header = { type: string; size: number }

/** The type and size of each existing object, without reading its content. */
async function readHeaders(repository: string, ids: Iterable<string>): Promise<Map<string, Header>> {
  const input = [...new Set(ids)].map((id) => `${id}\n`).join('')
  const args = ['cat-file', '--buffer', '--batch-check=%(objectname) %(objecttype) %(objectsize)']
  const output = await runGit(repository, args, { input, maxMemory: READER_MEMORY, yields: true })
  const headers = new Map<string, Header>()
  for (const line of output.split('\n')) {
    const [id = '', type = '', size] = line.split(' ')
    if (size !== undefined) headers.set(id, { type, size: Number(size) })
  }
  return headers
}

/** `target`: the object that a tag claims to point to. */
type Beginning = { target: { id: string; type: string } | null; createdAt: number }

function parseBeginning({ content }: GitObject): Beginning {
  const [head = ''] = content.toString('utf8').split('\n\n', 1)
  const [, who = ''] = /^(?:tagger|committer) (.*)$/m.exec(head) ?? []
  const [, id, type] = /^object ([0-9a-f]{40,64})\ntype (\w+)\n/.exec(`${head}\n`) ?? []
  return { target: id && type ? { id, type } : null, createdAt: Math.floor(parseIdentity(who).date.getTime() / 1000) }
}

async function readBeginningsOf(repository: string, ids: readonly string[]): Promise<Map<string, Beginning>> {
  const found = new Map<string, Beginning>()
  await readBeginnings(repository, [...new Set(ids)], BEGINNING_BYTES, (object) => {
    if (object) found.set(object.sha, parseBeginning(object))
    return undefined
  })
  return found
}

type Place = { name: string; id: string }

async function readPlaces(repository: string, args: readonly string[]): Promise<Place[]> {
  const format = '--format=%(objectname) %(refname:lstrip=2)'
  const output = await runGit(repository, ['for-each-ref', format, ...args], { maxMemory: READER_MEMORY, yields: true })
  const lines = output.split('\n').filter(Boolean)
  return lines.map((line) => ({ id: line.slice(0, line.indexOf(' ')), name: line.slice(line.indexOf(' ') + 1) }))
}

type Objects = { headers: Map<string, Header>; beginnings: Map<string, Beginning> }

/** The objects with the IDs, and the objects that tags among them point to. */
async function readObjects(repository: string, first: readonly string[]): Promise<Objects> {
  const objects: Objects = { headers: new Map(), beginnings: new Map() }
  const { headers, beginnings } = objects
  let ids = new Set(first)
  for (let level = 0; level < MAX_LEVELS && ids.size > 0; level += 1) {
    const found = [...(await readHeaders(repository, ids))]
    for (const [id, header] of found) headers.set(id, header)
    const small = found.filter(([, { type, size }]) => /^(?:tag|commit)$/.test(type) && size <= MAX_OBJECT_BYTES)
    ids = new Set()
    for (const [id, beginning] of await readBeginningsOf(
      repository,
      small.map(([id]) => id),
    )) {
      beginnings.set(id, beginning)
      const { target } = beginning
      if (target !== null && headers.get(id)?.type === 'tag' && !headers.has(target.id)) ids.add(target.id)
    }
  }
  return objects
}

function commitBehind(first: string, { headers, beginnings }: Objects): string | null {
  let id = first
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    if (headers.get(id)?.type === 'commit') return id
    const target = beginnings.get(id)?.target
    // Git treats a tag that names the wrong type of its target as damaged.
    if (!target || headers.get(target.id)?.type !== target.type) return null
    id = target.id
  }
  return null
}

/** `isLost`: the object of some tag is missing. */
type OddTags = { refs: TagRef[]; isLost: boolean }

/** Reads tags whose objects may be damaged. Leaves out exactly the tags that do not lead to a commit. */
export async function readOddTagRefs(repository: string, args: readonly string[]): Promise<OddTags> {
  const places = await readPlaces(repository, args)
  const objects = await readObjects(
    repository,
    places.map(({ id }) => id),
  )
  const { headers, beginnings } = objects
  const refs = places.flatMap(({ name, id }): TagRef[] => {
    const sha = commitBehind(id, objects)
    const header = headers.get(id)
    if (sha === null || !header) return []
    const object = header.type === 'tag' ? { id, size: header.size } : null
    return [{ name, sha, object, createdAt: beginnings.get(id)?.createdAt ?? 0 }]
  })
  return { refs, isLost: places.some(({ id }) => !headers.has(id)) }
}
