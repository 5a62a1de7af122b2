import { z } from 'zod'
import { db } from '../../database/db.ts'
import type { Release } from '../../generated/prisma/client.ts'
import { collectEvidence } from '../../modules/evidence/collect-evidence.ts'
import { occasionOf } from '../../modules/evidence/evidence-schedule.ts'
import { isHistorical } from '../../modules/releases/release-text.ts'
import type { TaskParts } from '../tasks.ts'

const Payload = z.object({ releaseId: z.int(), occasion: z.string() })

/** The reason why no evidence is collected; null when evidence is due. */
function obstacle(release: Pick<Release, 'releasedAt' | 'createdAt'> | null, occasion: string): string | null {
  if (!release) return 'the release is gone'
  if (occasionOf(release) !== occasion) return 'the release has another date by now'
  return isHistorical(release) ? 'the release is historical' : null
}

export async function collectEvidenceTask(payload: unknown, { log, baseUrl }: TaskParts): Promise<void> {
  const { releaseId, occasion } = Payload.parse(payload)
  const isWanted = (release: Parameters<typeof obstacle>[0]) => {
    const reason = obstacle(release, occasion)
    if (reason !== null) log.info({ releaseId, occasion, reason }, 'no evidence is collected')
    return reason === null
  }
  await collectEvidence(db, releaseId, { occasion, baseUrl, isWanted })
}
