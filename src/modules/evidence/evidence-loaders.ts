import DataLoader from 'dataloader'
import { childPages } from '../../connections/child-pages.ts'
import { columnsOf } from '../../connections/columns.ts'
import { byTime } from '../../connections/keyset.ts'
import { extendRowsToCome, type PageToCome } from '../../connections/page.ts'
import { type PageArguments, toWindow, type Window } from '../../connections/window.ts'
import { type Context, perRequest } from '../../context.ts'
import { db } from '../../db.ts'
import { type Evidence, Prisma } from '../../generated/prisma/client.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'

export type EvidenceNode = Evidence & { release: ReleaseNode }

const oldestFirst = byTime<Evidence>({
  name: 'EVIDENCES',
  direction: 'asc',
  time: Prisma.sql`e.created_at`,
  id: Prisma.sql`e.id`,
  timeOf: (evidence) => evidence.createdAt,
})

const pages = childPages<Evidence>({
  name: 'evidences',
  order: oldestFirst,
  columns: columnsOf('e', Prisma.EvidenceScalarFieldEnum),
  dates: { createdAt: true },
  from: Prisma.sql`evidences e`,
  parent: Prisma.sql`e.release_id`,
  parentRow: Prisma.sql`r.id`,
})

export const prefetchEvidences = (args: PageArguments) => pages.prefetch(toWindow(args))

export const evidencesOfRelease = (context: Context, release: ReleaseNode, window: Window): PageToCome<EvidenceNode> =>
  extendRowsToCome(pages.load(context, release, window), () => ({ release }))

export const countOfEvidences = perRequest(
  () =>
    new DataLoader<number, number>(async (releaseIds) => {
      const groups = await db.evidence.groupBy({
        by: ['releaseId'],
        where: { releaseId: { in: [...releaseIds] } },
        _count: true,
      })
      const counts = new Map(groups.map((group) => [group.releaseId, group._count]))
      return releaseIds.map((id) => counts.get(id) ?? 0)
    }),
)
