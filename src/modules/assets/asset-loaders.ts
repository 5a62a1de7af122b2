import { takeRows } from '../../context/answer-size.ts'
import type { Context } from '../../context/context.ts'
import { type AssetLink, Prisma } from '../../generated/prisma/client.ts'
import type { PageOfChildren } from '../../rows/children.ts'
import { byCreation, cursorIn } from '../../rows/keyset.ts'
import { listOf } from '../../rows/list.ts'
import { extendPage, type NumberedPage, type PageInput } from '../../rows/numbered-page.ts'
import { type PageToCome, toPage } from '../../rows/page.ts'
import type { Plan } from '../../rows/plan.ts'
import { table } from '../../rows/table.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'

/** A link with its release, because the permanent URL of the link contains the tag. */
export type AssetLinkNode = AssetLink & { release: ReleaseNode }

const newestFirst = byCreation<AssetLink>('LINKS', 'desc', 'l')

export const links = table<AssetLink>('asset_links', 'l', {
  fields: Prisma.AssetLinkScalarFieldEnum,
  dates: { createdAt: true, updatedAt: true },
  always: ['id'],
})

const ofRelease = links.childrenOf({ column: 'l.release_id', row: 'r.id' })
const linkByPath = links.by('releaseId', 'filepath')

/** Reads the links that a statement has just inserted: a row for each release, with its links as JSON, the newest first. */
export const linksByRelease = (inserted: Prisma.Sql) => Prisma.sql`
  SELECT row."releaseId" AS release_id, json_agg(row ORDER BY row."createdAt" DESC, row.id DESC) AS links
  FROM (SELECT ${links.columns} FROM ${inserted} l) AS row GROUP BY row."releaseId"`

/** Takes the links from the release if it was just created, because then it has them already. */
function page(
  context: Context,
  release: ReleaseNode,
  asked: PageOfChildren<AssetLink>,
  plan?: () => Plan,
): PageToCome<AssetLink> {
  const { window, order } = asked
  const known = release.links
  if (!known || window.after !== null || window.before !== null) return ofRelease.page(context, release, asked, plan)
  return toPage(window, window.backward ? known.toReversed() : known, cursorIn(order))
}

export const linksOfRelease = listOf({
  children: { ...ofRelease, page },
  select: () => ({ order: newestFirst }),
  extra: (release: ReleaseNode) => ({ release }),
  count: (_context, { linksCount }) => linksCount,
})

/** All links of a release, the newest first. */
export async function allLinks(context: Context, release: ReleaseNode): Promise<AssetLinkNode[]> {
  // Takes the number of links from what the answer may hold, before it reads them.
  takeRows(context, release.linksCount, 'links')
  const found = await ofRelease.all(context, release.id)
  return found.sort((a, b) => b.id - a.id).map((link) => ({ ...link, release }))
}

export async function numberedLinks(
  context: Context,
  release: ReleaseNode,
  page: PageInput,
): Promise<NumberedPage<AssetLinkNode>> {
  const selected = { where: Prisma.sql`l.release_id = ${release.id}`, order: newestFirst, count: release.linksCount }
  return extendPage(await links.numberedPage(context, 'numberedPageOfRelease', selected, page), { release })
}

/** The link of a release with this stored path, which is given with or without its leading slash. */
export async function findLinkByPath(
  context: Context,
  release: ReleaseNode,
  path: string,
): Promise<AssetLinkNode | null> {
  const filepath = path.startsWith('/') ? path : `/${path}`
  const link = await linkByPath(context).load({ releaseId: release.id, filepath })
  return link && { ...link, release }
}
