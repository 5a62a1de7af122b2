import DataLoader from 'dataloader'
import { answerSize } from '../../context/answer-size.ts'
import { type Context, perRequest } from '../../context/context.ts'
import type { FieldPlace } from '../../context/smaller-pages.ts'
import { db } from '../../database/db.ts'
import { AppError } from '../../foundation/errors.ts'
import { partsOf } from '../../foundation/parts.ts'
import type { Release } from '../../generated/prisma/client.ts'
import { isRendered, RENDERER_VERSION, renderMarkdown } from '../../markdown/render.ts'
import { inTurn } from '../../markdown/render-in-turn.ts'
import { longText } from '../../rows/long-texts.ts'

const inSeconds = (time: Date) => Math.floor(time.getTime() / 1000)

/** Whether the release is dated later than now, in whole seconds. */
export const isUpcoming = (release: Pick<Release, 'releasedAt'>, now: Date) =>
  inSeconds(release.releasedAt) > inSeconds(now)

/** The time, in milliseconds, from which on the release is not upcoming any more. */
export const publishedAt = ({ releasedAt }: Pick<Release, 'releasedAt'>) => inSeconds(releasedAt) * 1000

/** Whether the release is dated before its creation, in whole seconds. The present time does not matter. */
export const isHistorical = (release: Pick<Release, 'releasedAt' | 'createdAt'>) =>
  inSeconds(release.releasedAt) < inSeconds(release.createdAt)

export const descriptionOf = longText('releases', 'description')
const storedHtmlOf = longText('releases', 'descriptionHtml')

type SizedRelease = Release & { descriptionHtmlBytes?: number | null }

const isKept = ({ descriptionHtml, descriptionHtmlBytes, rendererVersion }: SizedRelease) =>
  (descriptionHtml !== null || descriptionHtmlBytes != null) && rendererVersion === RENDERER_VERSION

type Rendered = { id: number; description: string | null; html: string }

/** Stores the HTML with the releases, unless their notes have changed meanwhile. */
async function keep(rendered: readonly Rendered[]): Promise<void> {
  const [ids, descriptions] = [rendered.map(({ id }) => id), rendered.map(({ description }) => description)]
  await db.$executeRaw`
    UPDATE /* releases.keepRendered */ releases r SET description_html = rendered.html, renderer_version = ${RENDERER_VERSION}::smallint
    FROM unnest(${ids}::int[], ${descriptions}::text[], ${rendered.map(({ html }) => html)}::text[])
      AS rendered (id, description, html)
    WHERE r.id = rendered.id AND r.description IS NOT DISTINCT FROM rendered.description`
}

/** Ordinary notes with this many characters take a twentieth of a second. */
const CHARACTERS_AT_A_TIME = 5_000
/** The limit of one request. What it has rendered is stored, so the next request goes on from there. */
const MAX_RENDERED_CHARACTERS = 1_000_000

const tooMuchToRender = () =>
  new AppError(
    'TOO_LARGE',
    `More than ${MAX_RENDERED_CHARACTERS} characters of release notes are not rendered yet: ask for fewer releases, or again`,
  )

type Notes = { id: number; projectId: number; description: string | null }

/** The bounds of the parts that are rendered without a pause. */
const partBounds = {
  most: Number.POSITIVE_INFINITY,
  maxSize: CHARACTERS_AT_A_TIME,
  sizeOf: ({ description }: Notes) => description?.length ?? 0,
}

const charactersIn = (part: readonly Notes[]) =>
  part.reduce((sum, { description }) => sum + (isRendered(description) ? description.length : 0), 0)

const render = ({ id, projectId, description }: Notes): Rendered => ({
  id,
  description,
  html: renderMarkdown(description, { projectId }),
})

async function renderAll(all: readonly Notes[]): Promise<(string | Error)[]> {
  const rendered: Rendered[] = []
  let characters = 0
  for (const part of partsOf(all, partBounds)) {
    characters += charactersIn(part)
    if (characters > MAX_RENDERED_CHARACTERS) break
    rendered.push(...(await inTurn(() => part.map(render))))
  }
  await keep(rendered)
  const html = new Map(rendered.map((notes) => [notes.id, notes.html]))
  return all.map(({ id }) => html.get(id) ?? tooMuchToRender())
}

const renderer = perRequest(() => new DataLoader<Notes, string, number>(renderAll, { cacheKeyFn: ({ id }) => id }))

async function renderNotes(context: Context, release: SizedRelease, place: () => FieldPlace): Promise<string> {
  const description = await descriptionOf(context, release, place)
  const html = await renderer(context).load({ id: release.id, projectId: release.projectId, description })
  answerSize(context).take(html.length, place)
  return html
}

/**
 * The notes as safe HTML with placeholders (`markdown/placeholders.ts`). They are rendered when they are first read after a change, and
 * then stored with the release.
 */
export const keptHtmlOf = (
  context: Context,
  release: SizedRelease,
  place: () => FieldPlace,
): string | null | Promise<string | null> =>
  isKept(release) ? storedHtmlOf(context, release, place) : renderNotes(context, release, place)
