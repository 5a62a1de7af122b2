import type { Context } from '../../context/context.ts'
import type { Place } from '../../context/smaller-pages.ts'
import { type Evidence, Prisma } from '../../generated/prisma/client.ts'
import { byTime } from '../../rows/keyset.ts'
import { textsOfUnknownSize } from '../../rows/long-texts.ts'
import { extendRows, type PageToCome } from '../../rows/page.ts'
import type { Plan } from '../../rows/plan.ts'
import { table } from '../../rows/table.ts'
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

// `summaryOf` reads the summary, because it is as large as the rest of a page and rarely asked for.
const { summary: _, ...columnsWithoutSummary } = Prisma.EvidenceScalarFieldEnum

const evidences = table<EvidenceRow>('evidences', 'e', {
  fields: columnsWithoutSummary,
  dates: { createdAt: true },
  always: ['id'],
})

const ofRelease = evidences.childrenOf({ column: 'e.release_id', row: 'r.id' })

const pageOf = (window: Window) => ({ window, order: oldestFirst })

export const evidencesChild = (args: PageArguments, plan: Plan) => ofRelease.child(pageOf(toWindow(args)), plan)

/** Reads no summaries, although the type says so: their field asks `summaryOf` for them. */
export const evidencesOfRelease = (context: Context, release: ReleaseNode, window: Window) =>
  extendRows(ofRelease.page(context, release, pageOf(window)), { release }) as PageToCome<EvidenceNode>

export const countOfEvidences = ofRelease.count

const summaries = textsOfUnknownSize('evidences', Prisma.raw('t.summary::text'))

/** Reads the summary, unless the evidence was just collected and has it already. */
export async function summaryOf(
  context: Context,
  { id, summary }: Pick<EvidenceNode, 'id' | 'summary'>,
  place: () => Place,
): Promise<Evidence['summary']> {
  if (summary !== undefined) return summary
  const text = await summaries(context, id, place)
  return text === null ? null : (JSON.parse(text) as Evidence['summary'])
}
