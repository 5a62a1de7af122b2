import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { partsOf } from '../../foundation/parts.ts'
import { maxCharacters } from '../../foundation/text-limits.ts'
import type { Project, Release } from '../../generated/prisma/client.ts'
import { assertNotFrozen } from '../freezes/assert-not-frozen.ts'
import { insertReleases, sizeOfRelease } from '../publishing/insert-release.ts'
import { newValues, renderedNotes } from '../publishing/release-values.ts'
import { changeRelease } from '../publishing/update-release.ts'
import { mayChangeTag } from '../releases/release-access.ts'
import type { SkippedTag, SourceTag } from './source-tags.ts'

/** Long notes take about 25 ms each. Notes that are not rendered within this time are rendered when they are first read. */
const RENDER_MS = 10_000
const PART = { most: 500, maxSize: 10_000_000 }
/** In one transaction, which locks their rows for some tenths of a second. */
const MOST_CHANGED = 50

type Options = {
  project: Project
  /** All tags of the source. */
  tagNames: readonly string[]
  /** The tags that can become releases. */
  tags: readonly SourceTag[]
  authorId: number | null
  onProgress?: ((line: string) => void) | undefined
}

export type ImportedReleases = {
  created: number
  updated: number
  unchanged: number
  /** The tags of releases that the source does not have any more. The releases are kept. */
  vanished: string[]
  /** The tags whose message was too long for release notes and was cut. */
  cut: string[]
  /** The tags whose releases the viewer may not write, and why. */
  refused: SkippedTag[]
}

/** Counts characters like PostgreSQL: an emoji is one character there, and two in JavaScript. */
function cutNotes(description: string | null): string | null {
  if (description === null || description.length <= maxCharacters.description) return description
  return Array.from(description).slice(0, maxCharacters.description).join('')
}

type Change = SourceTag & Pick<Release, 'descriptionHtml' | 'rendererVersion'>

/** Renders the newest notes first, because they are read first. */
function changesOf(tags: readonly SourceTag[], { id }: Project): Change[] {
  const deadline = performance.now() + RENDER_MS
  const render = (description: string | null) =>
    performance.now() > deadline
      ? { description, descriptionHtml: null, rendererVersion: 0 }
      : renderedNotes(description, id)
  return tags
    .toReversed()
    .map((tag) => ({ ...tag, ...render(cutNotes(tag.description)) }))
    .toReversed()
}

async function createAll(context: Context, changes: readonly Change[], { project, authorId, onProgress }: Options) {
  if (changes.length > 0) await assertNotFrozen(context, project)
  const now = databaseNow().getTime()
  const releases = changes.map((change, at) => {
    // Each a millisecond later than the one before it, because releases of one time are ordered by their ids, which follow the tags.
    const createdAt = new Date(now - (changes.length - 1 - at))
    const values = newValues({ ...change, authorId, createdAt }, { releasedAt: change.releasedAt })
    const unsaid = { links: [], milestones: [], isLatest: false, draft: null, madeTag: null, announces: false }
    return { context, project, values, ...unsaid }
  })
  let [created, done] = [0, 0]
  for (const part of partsOf(releases, { ...PART, sizeOf: sizeOfRelease })) {
    // A release that somebody has created meanwhile is skipped. The next import compares it.
    created += (await insertReleases(part)).filter((release) => !(release instanceof Error)).length
    done += part.length
    onProgress?.(`Writing releases: ${done}`)
  }
  return created
}

type Known = ReadonlyMap<string, { id: number; sha: string | null }>

/** A release that somebody has deleted meanwhile is skipped. The next import makes it again. */
function nullIfGone(error: unknown): null {
  if (error instanceof RuleViolation && error.code === 'NOT_FOUND') return null
  throw error
}

async function updateAll(context: Context, changes: readonly Change[], known: Known): Promise<number> {
  let updated = 0
  for (const part of partsOf(changes, {
    ...PART,
    most: MOST_CHANGED,
    sizeOf: ({ description }) => description?.length ?? 0,
  })) {
    await db.$transaction(async (tx) => {
      for (const { tag, ...values } of part) {
        const id = known.get(tag)?.id
        if (id !== undefined && (await changeRelease(tx, context, id, values).catch(nullIfGone))) updated += 1
      }
    })
  }
  return updated
}

async function releasesOf({ id: projectId }: Project): Promise<Known> {
  const releases = await db.release.findMany({ where: { projectId }, select: { id: true, tag: true, sha: true } })
  return new Map(releases.map((release) => [release.tag, release]))
}

/** Why the viewer may not write the release of a tag; null if nothing is against it. */
const reasonAgainst = async (context: Context, project: Project, { tag }: SourceTag): Promise<string | null> =>
  (await mayChangeTag(context, project, tag)) ? null : 'is protected'

/** Writes what differs from the releases of the project: tags that are new or point to another commit. */
export async function importReleases(context: Context, options: Options): Promise<ImportedReleases> {
  const { project, tagNames, tags } = options
  const known = await releasesOf(project)
  const changed = tags.filter(({ tag, sha }) => known.get(tag)?.sha !== sha)
  const reasons = await Promise.all(changed.map((tag) => reasonAgainst(context, project, tag)))
  const allowed = changed.filter((_, at) => reasons[at] === null)
  const changes = changesOf(allowed, project)
  const added = changes.filter(({ tag }) => !known.has(tag))
  const moved = changes.filter(({ tag }) => known.has(tag))
  const atSource = new Set(tagNames)
  return {
    created: await createAll(context, added, options),
    updated: await updateAll(context, moved, known),
    unchanged: tags.length - changed.length,
    vanished: [...known.keys()].filter((tag) => !atSource.has(tag)).sort(),
    cut: allowed.filter(({ description }, at) => description !== changes[at]?.description).map(({ tag }) => tag),
    refused: changed.flatMap(({ tag }, at) => (reasons[at] ? [{ tag, reason: reasons[at] }] : [])),
  }
}
