import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { once, transact } from '../../idempotency/once.ts'
import { unscheduleAnnouncement } from '../announcements/announcement-schedule.ts'
import { unscheduleEvidence } from '../evidence/evidence-schedule.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { getReleaseToChange, noSuchRelease } from '../releases/find-release.ts'
import { lockRelease } from '../releases/lock-release.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import { titleOf } from '../releases/release-title.ts'
import { causeOf, queueReleaseEvent } from '../webhooks/queue-events.ts'

/** Deletes a release with its links and evidence. Its milestones and the git tag stay (docs/contract/releases.md#deleting). */
export const deleteRelease = once(
  async (
    context: Context,
    { projectPath, tagName: tag }: { projectPath: string; tagName: string },
  ): Promise<ReleaseNode> => {
    const project = await getProjectFor(context, 'release:delete', projectPath)
    const release = await getReleaseToChange(context, project, tag)
    return transact(context, async (tx) => {
      // Before the release goes, because the event tells what it was. The lock keeps it as it is.
      await lockRelease(tx, release.id)
      await queueReleaseEvent(tx, { releaseId: release.id, action: 'delete', cause: causeOf(context) })
      // Somebody may have deleted the release meanwhile.
      const { count } = await tx.release.deleteMany({ where: { id: release.id } })
      if (count === 0) throw noSuchRelease()
      await unscheduleEvidence(tx, release.id)
      await unscheduleAnnouncement(tx, release.id)
      await recordAuditEvent(tx, context, {
        type: 'release_deleted_audit_event',
        scope: { projectId: project.id },
        target: { type: 'Release', id: release.id, details: titleOf(release) },
        message: `Deleted release ${release.tag}`,
      })
      return { ...release, project }
    })
  },
)
