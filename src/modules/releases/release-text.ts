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

/** Keeps what was rendered, unless the notes changed meanwhile. */
async function keep(releases: readonly Release[], html: readonly string[]): Promise<void> {
  const ids = releases.map((release) => release.id)
  const descriptions = releases.map((release) => release.description)
  await db.$executeRaw`
    UPDATE releases r SET description_html = rendered.html, renderer_version = ${RENDERER_VERSION}::smallint
    FROM unnest(${ids}::int[], ${descriptions}::text[], ${html}::text[]) AS rendered (id, description, html)
    WHERE r.id = rendered.id AND r.description = rendered.description`
}

const rendered = perRequest(
  () =>
    new DataLoader<Release, string, number>(
      async (releases) => {
        const html = releases.map((release) => renderMarkdown(release.description))
        await keep(releases, html)
        return html
      },
      { cacheKeyFn: (release) => release.id },
    ),
)

/** The notes as safe HTML: rendered on the first read after a change, then kept with the release. */
export function descriptionHtmlOf(context: Context, release: Release): string | Promise<string> {
  if (!release.description) return ''
  return isKept(release) ? (release.descriptionHtml ?? '') : rendered(context).load(release)
}
