import DataLoader from 'dataloader'
import { type Context, perRequest } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { type AssetLink, Prisma } from '../../generated/prisma/client.ts'
import { childPages } from '../../rows/child-pages.ts'
import { someColumnsOf } from '../../rows/columns.ts'
import { reviver } from '../../rows/json-rows.ts'
import { byTime, cursorIn } from '../../rows/keyset.ts'
import { extendRowsToCome, type PageToCome, toPage } from '../../rows/page.ts'
import { type LookAhead, rowTypes } from '../../rows/prefetch.ts'
import { type PageArguments, toWindow, type Window } from '../../rows/window.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'

/** A link with its release: where it leads permanently depends on the tag. */
export type AssetLinkNode = AssetLink & { release: ReleaseNode }

const newestFirst = byTime<AssetLink>({
  name: 'LINKS',
  direction: 'desc',
  time: Prisma.sql`l.created_at`,
  id: Prisma.sql`l.id`,
  field: 'createdAt',
})

const linkRow = {
  ...someColumnsOf('l', Prisma.AssetLinkScalarFieldEnum, { always: ['id'] }),
  dates: { createdAt: true, updatedAt: true },
} as const

export const reviveLink = reviver<AssetLink>(linkRow.dates)

/** Of links that a statement has just inserted: those of each `release_id` as JSON, the newest first. */
export const linksByRelease = (inserted: Prisma.Sql) => Prisma.sql`
  SELECT row."releaseId" AS release_id, json_agg(row ORDER BY row."createdAt" DESC, row.id DESC) AS links
  FROM (SELECT ${linkRow.columns} FROM ${inserted} l) AS row GROUP BY row."releaseId"`

const pages = childPages<AssetLink>({
  ...linkRow,
  name: 'links',
  statement: 'links.pageOfRelease',
  from: Prisma.sql`asset_links l`,
  parent: Prisma.sql`l.release_id`,
  parentRow: Prisma.sql`r.id`,
})

const types = rowTypes('ReleaseAssetLink')

export const prefetchLinks = (args: PageArguments, below: LookAhead) =>
  pages.prefetch({ window: toWindow(args), order: newestFirst }, below(types))

function pageOf(context: Context, release: ReleaseNode, window: Window): PageToCome<AssetLink> {
  const { links } = release
  if (!links || window.after !== null || window.before !== null) {
    return pages.load(context, release, { window, order: newestFirst })
  }
  return toPage(window, window.backward ? links.toReversed() : links, cursorIn(newestFirst))
}

export const linksOfRelease = (context: Context, release: ReleaseNode, window: Window): PageToCome<AssetLinkNode> =>
  extendRowsToCome(pageOf(context, release, window), () => ({ release }))

type PathKey = { releaseId: number; filepath: string }

const linkByPath = perRequest(
  () =>
    new DataLoader<PathKey, AssetLink | null, string>(
      async (keys) => {
        const rows = await db.assetLink.findMany({
          where: {
            releaseId: { in: keys.map((key) => key.releaseId) },
            filepath: { in: keys.map((key) => key.filepath) },
          },
        })
        const found = new Map(rows.map((row) => [`${row.releaseId} ${row.filepath}`, row]))
        return keys.map((key) => found.get(`${key.releaseId} ${key.filepath}`) ?? null)
      },
      { cacheKeyFn: (key) => `${key.releaseId} ${key.filepath}` },
    ),
)

/** The link of a release with that stored path, given with or without its leading slash. */
export async function findLinkByPath(
  context: Context,
  release: ReleaseNode,
  path: string,
): Promise<AssetLinkNode | null> {
  const filepath = path.startsWith('/') ? path : `/${path}`
  const link = await linkByPath(context).load({ releaseId: release.id, filepath })
  return link && { ...link, release }
}
