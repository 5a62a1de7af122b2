import DataLoader from 'dataloader'
import { type Context, perRequest } from '../../context/context.ts'
import type { Place } from '../../context/smaller-pages.ts'
import { db } from '../../database/db.ts'
import { type Evidence, Prisma } from '../../generated/prisma/client.ts'
import { childPages } from '../../rows/child-pages.ts'
import { someColumnsOf } from '../../rows/columns.ts'
import { byTime } from '../../rows/keyset.ts'
import { textsOfUnknownSize } from '../../rows/long-texts.ts'
import { extendRowsToCome, type PageToCome } from '../../rows/page.ts'
import { type LookAhead, rowTypes } from '../../rows/prefetch.ts'
import { type PageArguments, toWindow, type Window } from '../../rows/window.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'

type EvidenceRow = Omit<Evidence, 'summary'>

/** A piece of evidence with its release. */
export type EvidenceNode = Evidence & { release: ReleaseNode }

const oldestFirst = byTime<EvidenceRow>({
  name: 'EVIDENCES',
  direction: 'asc',
  time: Prisma.sql`e.created_at`,
  id: Prisma.sql`e.id`,
  field: 'createdAt',
})

// As large as all else of a page together, and rarely wanted: `summaryOf` reads it.
const { summary: _, ...columnsWithoutSummary } = Prisma.EvidenceScalarFieldEnum

const pages = childPages<EvidenceRow>({
  name: 'evidences',
  statement: 'evidence.pageOfRelease',
  ...someColumnsOf('e', columnsWithoutSummary, { always: ['id'] }),
  dates: { createdAt: true },
  from: Prisma.sql`evidences e`,
  parent: Prisma.sql`e.release_id`,
  parentRow: Prisma.sql`r.id`,
})

const types = rowTypes('ReleaseEvidence')

export const prefetchEvidences = (args: PageArguments, below: LookAhead) =>
  pages.prefetch({ window: toWindow(args), order: oldestFirst }, below(types))

/** Without summaries, whatever the type says: GraphQL asks `summaryOf` for them. */
export const evidencesOfRelease = (context: Context, release: ReleaseNode, window: Window) =>
  extendRowsToCome(pages.load(context, release, { window, order: oldestFirst }), () => ({
    release,
  })) as PageToCome<EvidenceNode>

const summaries = textsOfUnknownSize('evidences', Prisma.raw('t.summary::text'))

/** Only evidence that has just been collected has it already. */
export async function summaryOf(
  context: Context,
  { id, summary }: Pick<EvidenceNode, 'id' | 'summary'>,
  place: () => Place,
): Promise<Evidence['summary']> {
  if (summary !== undefined) return summary
  const text = await summaries(context, id, place)
  return text === null ? null : (JSON.parse(text) as Evidence['summary'])
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
