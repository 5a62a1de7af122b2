import DataLoader from 'dataloader'
import { answerSize } from '../../answer-size/answer-size.ts'
import type { Place } from '../../answer-size/smaller-pages.ts'
import { longText } from '../../connections/long-texts.ts'
import { type Context, perRequest } from '../../context.ts'
import { db } from '../../db.ts'
import { AppError } from '../../errors.ts'
import type { Release } from '../../generated/prisma/client.ts'
import { isRendered, RENDERER_VERSION, renderMarkdown } from '../markdown/render.ts'
import { inTurn } from '../markdown/render-in-turn.ts'

/** The title: as typed, else the tag. Viewers without code access get the masked one instead. */
export const titleOf = (release: Release): string => release.name ?? release.tag

/** Tells a release from others without naming its tag (design.md 1). */
export const maskedTitleOf = (release: { id: number }): string => `Release-${release.id}`

const inSeconds = (time: Date) => Math.floor(time.getTime() / 1000)

/** Later than now, in whole seconds. */
export const isUpcoming = (release: Pick<Release, 'releasedAt'>, now: Date) =>
  inSeconds(release.releasedAt) > inSeconds(now)

/** The millisecond from which on it is not upcoming any more. */
export const publishedAt = ({ releasedAt }: Pick<Release, 'releasedAt'>) => inSeconds(releasedAt) * 1000

/** Dated before it was created, in whole seconds; compared with the creation, not with now. */
export const isHistorical = (release: Pick<Release, 'releasedAt' | 'createdAt'>) =>
  inSeconds(release.releasedAt) < inSeconds(release.createdAt)

export const descriptionOf = longText('releases', 'description')
const keptHtmlOf = longText('releases', 'descriptionHtml')

type Notes = Release & { descriptionHtmlBytes?: number | null }

const isKept = ({ descriptionHtml, descriptionHtmlBytes, rendererVersion }: Notes) =>
  (descriptionHtml !== null || descriptionHtmlBytes != null) && rendererVersion === RENDERER_VERSION

type Rendered = { id: number; description: string | null; html: string }

/** Keeps what was rendered, unless the notes changed meanwhile. */
async function keep(rendered: readonly Rendered[]): Promise<void> {
  const [ids, descriptions] = [rendered.map(({ id }) => id), rendered.map(({ description }) => description)]
  await db.$executeRaw`
    UPDATE releases r SET description_html = rendered.html, renderer_version = ${RENDERER_VERSION}::smallint
    FROM unnest(${ids}::int[], ${descriptions}::text[], ${rendered.map(({ html }) => html)}::text[])
      AS rendered (id, description, html)
    WHERE r.id = rendered.id AND r.description IS NOT DISTINCT FROM rendered.description`
}

/** Ordinary notes of so many characters take a fifth of a second, the worst ones a second. */
const CHARACTERS_AT_A_TIME = 20_000
/** For one request: what it rendered is kept, so the next one goes on from there. */
const MAX_RENDERED_CHARACTERS = 1_000_000

const tooMuchToRender = () =>
  new AppError(
    'TOO_LARGE',
    `More than ${MAX_RENDERED_CHARACTERS} characters of release notes are not rendered yet: ask for fewer releases, or again`,
  )

type Unrendered = { id: number; description: string | null }

/** Takes what is rendered next; alone what is so long that it is shown as it is. */
function takeSome(waiting: Unrendered[]): Unrendered[] {
  const some = waiting.splice(0, 1)
  let characters = some[0]?.description?.length ?? 0
  while (waiting[0] && characters + (waiting[0].description?.length ?? 0) <= CHARACTERS_AT_A_TIME) {
    characters += waiting[0].description?.length ?? 0
    some.push(...waiting.splice(0, 1))
  }
  return some
}

async function renderAll(all: readonly Unrendered[]): Promise<(string | Error)[]> {
  const waiting = [...all]
  const html = new Map<number, string>()
  let characters = 0
  while (waiting.length > 0) {
    const some = takeSome(waiting)
    for (const { description } of some) if (isRendered(description)) characters += description.length
    if (characters > MAX_RENDERED_CHARACTERS) break
    const rendered = await inTurn(() =>
      some.map(({ id, description }) => ({ id, description, html: renderMarkdown(description) })),
    )
    await keep(rendered)
    for (const { id, html: text } of rendered) html.set(id, text)
  }
  return all.map(({ id }) => html.get(id) ?? tooMuchToRender())
}

const renderer = perRequest(
  () => new DataLoader<Unrendered, string, number>((notes) => renderAll(notes), { cacheKeyFn: ({ id }) => id }),
)

async function renderNotes(context: Context, release: Notes, place: () => Place): Promise<string> {
  const description = await descriptionOf(context, release, place)
  const html = await renderer(context).load({ id: release.id, description })
  answerSize(context).take(html.length, place)
  return html
}

/** The notes as safe HTML: rendered on the first read after a change, then kept with the release. */
export const descriptionHtmlOf = (
  context: Context,
  release: Notes,
  place: () => Place = () => ({ field: 'descriptionHtml', at: [] }),
): string | null | Promise<string | null> =>
  isKept(release) ? keptHtmlOf(context, release, place) : renderNotes(context, release, place)
