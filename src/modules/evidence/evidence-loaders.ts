import DataLoader from 'dataloader'
import { columnsOf } from '../../connections/columns.ts'
import { byTime } from '../../connections/keyset.ts'
import { mapPage, type Page } from '../../connections/page.ts'
import { pageLoader } from '../../connections/page-loader.ts'
import type { Window } from '../../connections/window.ts'
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

const pages = perRequest(() =>
  pageLoader<Evidence>({
    columns: columnsOf('e', Prisma.EvidenceScalarFieldEnum),
    from: Prisma.sql`evidences e`,
    parent: Prisma.sql`e.release_id`,
  }),
)

export async function evidencesOfRelease(
  context: Context,
  release: ReleaseNode,
  window: Window,
): Promise<Page<EvidenceNode>> {
  const page = await pages(context).load({ parentId: release.id, window, order: oldestFirst })
  return mapPage(page, (evidence) => ({ ...evidence, release }))
}

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
