import DataLoader from 'dataloader'
import { type Context, perRequest } from '../../context.ts'
import { db } from '../../db.ts'
import type { Release } from '../../generated/prisma/client.ts'
import { RENDERER_VERSION, renderMarkdown } from '../markdown/render.ts'

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

const isKept = (release: Release) => release.descriptionHtml !== null && release.rendererVersion === RENDERER_VERSION

/** The notes as typed, which are read only now where the HTML was all that was wanted. */
async function notesOf(releases: readonly Release[]): Promise<(string | null)[]> {
  const ids = releases.filter(({ description }) => description === undefined).map(({ id }) => id)
  if (ids.length === 0) return releases.map(({ description }) => description)
  const rows = await db.release.findMany({ where: { id: { in: ids } }, select: { id: true, description: true } })
  const read = new Map(rows.map(({ id, description }) => [id, description]))
  return releases.map(({ id, description }) => (description === undefined ? (read.get(id) ?? null) : description))
}

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

const renderer = perRequest(
  () =>
    new DataLoader<Release, string, number>(
      async (releases) => {
        const notes = await notesOf(releases)
        const rendered = releases.map(({ id }, at) => {
          const description = notes[at] ?? null
          return { id, description, html: renderMarkdown(description) }
        })
        await keep(rendered)
        return rendered.map(({ html }) => html)
      },
      { cacheKeyFn: (release) => release.id },
    ),
)

/** The notes as safe HTML: rendered on the first read after a change, then kept with the release. */
export const descriptionHtmlOf = (context: Context, release: Release): string | Promise<string> =>
  isKept(release) ? (release.descriptionHtml ?? '') : renderer(context).load(release)
