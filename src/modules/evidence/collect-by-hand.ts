import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { isUpcoming } from '../releases/release-text.ts'
import { titleOf } from '../releases/release-title.ts'
import { collectEvidence } from './collect-evidence.ts'
import type { EvidenceNode } from './evidence-loaders.ts'

const missing = () => new RuleViolation('NOT_FOUND', 'Release does not exist')

/**
 * Collects evidence at once, even if there is some already. Protected tags play no part
 * (docs/contract/evidence.md#collecting-by-hand).
 */
export const collectEvidenceByHand = once(
  async (
    context: Context,
    { projectPath, tagName: tag }: { projectPath: string; tagName: string },
  ): Promise<EvidenceNode> => {
    const project = await getProjectFor(context, 'release:create', projectPath)
    const release = await db.release.findUnique({ where: { projectId_tag: { projectId: project.id, tag } } })
    if (!release) throw missing()
    if (isUpcoming(release, databaseNow())) {
      throw new RuleViolation('UNPROCESSABLE', 'Evidence of an upcoming release is collected at its release date')
    }
    return transact(context, async (tx) => {
      const collected = await collectEvidence(tx, release.id, { occasion: null, baseUrl: context.baseUrl })
      // The release has been deleted meanwhile.
      if (!collected) throw missing()
      await recordAuditEvent(tx, context, {
        type: 'release_evidence_collected',
        scope: { projectId: project.id },
        target: { type: 'Release', id: release.id, details: titleOf(release) },
        message: `Collected evidence ${collected.sha} of release ${release.tag}`,
      })
      return { ...collected, release: { ...release, project } }
    })
  },
)
