import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RENDERER_VERSION, renderMarkdown } from '../../markdown/render.ts'
import { versionKeyOf } from '../releases/tag-name.ts'
import { MAX_DESCRIPTION_CHARACTERS, type SourceTag } from './source-tags.ts'

const BATCH = 500
/** Long notes take about 25 ms each. Notes that are not rendered within this time are rendered when they are first read. */
const RENDER_MS = 10_000

type KnownRelease = { id: number; tag: string; sha: string | null }
type WriteOptions = {
  projectId: number
  authorId: number | null
  tags: readonly SourceTag[]
  onBatch: (done: number) => void
}

type Written = {
  created: number
  updated: number
  unchanged: number
  /** The tags whose message was too long. */
  cut: string[]
}

/** Counts characters like PostgreSQL: an emoji is one character there, and two in JavaScript. */
function cutNotes(tag: SourceTag): SourceTag | null {
  const { description } = tag
  if (description === null || description.length <= MAX_DESCRIPTION_CHARACTERS) return null
  const characters = Array.from(description)
  if (characters.length <= MAX_DESCRIPTION_CHARACTERS) return null
  return { ...tag, description: characters.slice(0, MAX_DESCRIPTION_CHARACTERS).join('') }
}

/** Begins with the newest, because they are read first. */
function renderNewest(tags: readonly SourceTag[], belonging: { projectId: number }): Map<SourceTag, string> {
  const deadline = performance.now() + RENDER_MS
  const rendered = new Map<SourceTag, string>()
  for (const tag of tags.toReversed()) {
    if (performance.now() > deadline) break
    rendered.set(tag, renderMarkdown(tag.description, belonging))
  }
  return rendered
}

const inBatches = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) => items.slice(at * BATCH, (at + 1) * BATCH))

type Row = SourceTag & { descriptionHtml: string | null; rendererVersion: number }

async function createReleases(rows: Row[], { projectId, authorId }: WriteOptions): Promise<number> {
  const updatedAt = databaseNow()
  const data = rows.map((row) => ({ ...row, projectId, authorId, ...versionKeyOf(row.tag), updatedAt }))
  // A release that somebody has created meanwhile is skipped. The next import compares it.
  return (await db.release.createMany({ data, skipDuplicates: true })).count
}

function updateReleases(rows: (Row & { id: number })[]): Promise<number> {
  return db.$executeRaw`
    UPDATE /* imports.updateReleases */ releases r
    SET sha = moved.sha, description = moved.description, released_at = moved."releasedAt", updated_at = now(),
        description_html = moved."descriptionHtml", renderer_version = moved."rendererVersion"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS moved (
      id int, sha text, description text, "releasedAt" timestamptz, "descriptionHtml" text, "rendererVersion" smallint)
    WHERE r.id = moved.id`
}

/** Writes releases of tags that are new or point to another commit. Each batch takes one or two statements. */
export async function writeReleases(known: readonly KnownRelease[], options: WriteOptions): Promise<Written> {
  const releases = new Map(known.map((release) => [release.tag, release]))
  const changed = options.tags.filter(({ tag, sha }) => releases.get(tag)?.sha !== sha)
  const cut: string[] = []
  const tags = changed.map((tag) => {
    const shorter = cutNotes(tag)
    if (shorter) cut.push(tag.tag)
    return shorter ?? tag
  })
  const rendered = renderNewest(tags, options)

  const written = { created: 0, updated: 0 }
  for (const [at, batch] of inBatches(tags).entries()) {
    const rows = batch.map((tag) => ({
      ...tag,
      descriptionHtml: rendered.get(tag) ?? null,
      rendererVersion: rendered.has(tag) ? RENDERER_VERSION : 0,
    }))
    const added = rows.filter(({ tag }) => !releases.has(tag))
    const moved = rows.map((row) => ({ ...row, id: releases.get(row.tag)?.id ?? 0 })).filter(({ id }) => id > 0)
    if (added.length > 0) written.created += await createReleases(added, options)
    if (moved.length > 0) written.updated += await updateReleases(moved)
    options.onBatch(Math.min((at + 1) * BATCH, tags.length))
  }
  return { ...written, unchanged: options.tags.length - changed.length, cut }
}
