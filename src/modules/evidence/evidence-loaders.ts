import type { Context } from '../../context/context.ts'
import type { FieldPlace } from '../../context/smaller-pages.ts'
import { type Evidence, Prisma } from '../../generated/prisma/client.ts'
import { byTime } from '../../rows/keyset.ts'
import { listOf } from '../../rows/list.ts'
import { textsOfUnknownSize } from '../../rows/long-texts.ts'
import { table } from '../../rows/table.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'

export type EvidenceNode = Evidence & { release: ReleaseNode }

const oldestFirst = byTime<Evidence>({
  name: 'EVIDENCES',
  direction: 'asc',
  time: Prisma.sql`e.created_at`,
  id: Prisma.sql`e.id`,
  field: 'createdAt',
})

// Rows have no summary, although their type says so: `summaryOf` reads it, because it is as large as the rest of a page and rarely
// asked for.
const { summary: _, ...columnsWithoutSummary } = Prisma.EvidenceScalarFieldEnum

const evidences = table<Evidence>('evidences', 'e', {
  fields: columnsWithoutSummary,
  dates: { createdAt: true },
  always: ['id'],
})

export const evidencesOfRelease = listOf({
  children: evidences.childrenOf({ column: 'e.release_id', row: 'r.id' }),
  select: () => ({ order: oldestFirst }),
  extra: (release: ReleaseNode) => ({ release }),
})

const summaries = textsOfUnknownSize('evidences', Prisma.raw('t.summary::text'))

/** Reads the summary, unless the evidence was just collected and has it already. */
export async function summaryOf(
  context: Context,
  { id, summary }: Pick<EvidenceNode, 'id' | 'summary'>,
  place: () => FieldPlace,
): Promise<Evidence['summary']> {
  if (summary !== undefined) return summary
  const text = await summaries(context, id, place)
  return text === null ? null : (JSON.parse(text) as Evidence['summary'])
}
