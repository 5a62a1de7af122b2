import type { Tx } from '../../db.ts'
import type { Evidence } from '../../generated/prisma/client.ts'
import { digestOf, type ReleaseRow, snapshotOf } from './evidence-snapshot.ts'

const ISSUE = { id: true, projectId: true, title: true, state: true, confidential: true, dueDate: true } as const

/** One statement per table, however many milestones and issues there are. */
async function readRows(tx: Tx, releaseId: number): Promise<ReleaseRow | null> {
  const release = await tx.release.findUnique({
    where: { id: releaseId },
    include: {
      project: true,
      milestones: {
        include: {
          milestone: { include: { issues: { select: { ...ISSUE, author: { select: { name: true } } } } } },
        },
      },
    },
  })
  return release && { ...release, milestones: release.milestones.map(({ milestone }) => milestone) }
}

type EvidenceOptions = {
  /** What it is collected for, such as 'created': at most once each. Null: by hand, as often as anyone likes. */
  occasion: string | null
}

/** Null when the release is gone; the evidence of before when the occasion has had its own. */
export async function collectEvidence(
  tx: Tx,
  releaseId: number,
  { occasion }: EvidenceOptions,
): Promise<Evidence | null> {
  const rows = await readRows(tx, releaseId)
  if (!rows) return null
  const summary = snapshotOf(rows)
  const [evidence] = await tx.evidence.createManyAndReturn({
    data: { releaseId, summary, sha: digestOf(summary), occasion },
    skipDuplicates: true,
  })
  return evidence ?? tx.evidence.findFirst({ where: { releaseId, occasion } })
}
