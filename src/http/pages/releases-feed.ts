import { html } from 'hono/html'
import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { contextOfRow, placeInRest } from '../../context/place.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { inTurn } from '../../markdown/render-in-turn.ts'
import { linksOfRelease } from '../../modules/assets/asset-loaders.ts'
import { projectUrl } from '../../modules/projects/project-url.ts'
import type { ReleaseNode } from '../../modules/releases/release-loaders.ts'
import { descriptionHtmlOf, maskedTitleOf, titleOf } from '../../modules/releases/release-text.ts'
import { maskedReleaseUrl } from '../../modules/releases/release-urls.ts'
import { userById } from '../../modules/users/user-loaders.ts'
import { presentLink } from '../rest/releases/present-link.ts'
import { shownReleaseUrl } from './find-readable.ts'
import type { Markup } from './html-page.ts'

/** Characters that XML cannot hold, in any notation. */
const NOT_XML = /[^\t\n\r\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

const clean = (text: string) => text.replace(NOT_XML, '\ufffd')

const ALL = { limit: 10_000, backward: false, after: null, before: null }

/** Fails by its promise, like what is read along with it. */
const notesOf = async (context: Context, release: ReleaseNode) =>
  descriptionHtmlOf(context, release, () => placeInRest(context, 'content'))

async function read(context: Context, release: ReleaseNode) {
  const [author, notes, links] = await Promise.all([
    release.authorId === null ? null : userById(context).load(release.authorId),
    notesOf(context, release),
    linksOfRelease(context, release, ALL),
  ])
  return { release, author, notes, links }
}

function entry(context: Context, { release, author, notes, links }: Awaited<ReturnType<typeof read>>) {
  const readsCode = can(context.viewer, 'code:read', release.project)
  const enclosures = links.edges.map(({ node }) => presentLink(context, node))
  // The id is one for all viewers and for ever, so it does not name the tag.
  return html`
  <entry>
    <id>${maskedReleaseUrl(context, release)}</id>
    <title>${clean(readsCode ? titleOf(release) : maskedTitleOf(release))}</title>
    <link rel="alternate" type="text/html" href="${shownReleaseUrl(context, release)}"/>${enclosures.map(
      ({ name, direct_asset_url }) => html`
    <link rel="enclosure" href="${clean(direct_asset_url)}" title="${clean(name)}"/>`,
    )}
    <published>${release.releasedAt.toISOString()}</published>
    <updated>${release.updatedAt.toISOString()}</updated>${
      author
        ? html`
    <author><name>${clean(author.name)}</name></author>`
        : ''
    }
    <content type="html">${clean(notes ?? '')}</content>
  </entry>`
}

/** Atom (RFC 4287). Throws when its entries are more than one answer may hold. */
export async function atomFeed(context: Context, project: Project, releases: readonly ReleaseNode[]): Promise<string> {
  const page = `${projectUrl(context, project)}/-/releases`
  const reading = releases.map((release, at) => read(contextOfRow(context, at), release))
  // All of them, as what the others would have held is known only then.
  await Promise.allSettled(reading)
  const entries: Markup[] = []
  // To escape long notes takes a while.
  for (const found of await Promise.all(reading)) entries.push(await inTurn(() => entry(context, found)))
  const feed = await html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${page}</id>
  <title>${clean(project.name)}: releases</title>
  <link rel="self" type="application/atom+xml" href="${page}.atom"/>
  <link rel="alternate" type="text/html" href="${page}"/>
  <author><name>${clean(project.name)}</name></author>
  <updated>${project.updatedAt.toISOString()}</updated>${entries}
</feed>
`
  return feed.toString()
}
