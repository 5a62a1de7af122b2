import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { withoutUndefined } from '../../foundation/rules.ts'
import type { Milestone, Project, Release } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { rescheduleAnnouncement } from '../announcements/announcement-schedule.ts'
import { rescheduleEvidence } from '../evidence/evidence-schedule.ts'
import { findMilestones, type MilestoneChoice } from '../milestones/find-milestones.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { onBrokenRepository } from '../releases/broken-repository.ts'
import { getReleaseToChange, noSuchRelease } from '../releases/find-release.ts'
import { type MakeLatest, makeReleaseLatest } from '../releases/latest-mark.ts'
import { lockRelease } from '../releases/lock-release.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import { titleOf } from '../releases/release-title.ts'
import { causeOf, queueReleaseEvent } from '../webhooks/queue-events.ts'
import { assertValuesValid, changedValues, type GivenValues } from './release-values.ts'

/** What is absent stays as it is. */
export type ReleaseUpdate = GivenValues & {
  projectPath: string
  tagName: string
  milestones?: MilestoneChoice
  makeLatest?: MakeLatest | undefined
}

async function getRelease(context: Context, project: Project, tag: string): Promise<Release> {
  const onBroken = onBrokenRepository(context, project, `Failed to read tag ${tag}`)
  if (!(await context.repositories.resolveTag(project.id, tag).catch(onBroken))) {
    throw new RuleViolation('NOT_FOUND', 'Tag does not exist')
  }
  return getReleaseToChange(context, project, tag)
}

/** Changes a release. Its tag stays. The checks come in the order of docs/contract/releases.md#changing. */
export const updateRelease = once(async (context: Context, input: ReleaseUpdate): Promise<ReleaseNode> => {
  const { projectPath, tagName, milestones: choice = {}, makeLatest, ...given } = input
  const project = await getProjectFor(context, 'release:update', projectPath)
  const stored = await getRelease(context, project, tagName)
  const milestones = await findMilestones(project, choice)
  const isEmpty = milestones === null && !makeLatest && Object.keys(withoutUndefined(given)).length === 0
  if (isEmpty) throw new RuleViolation('INVALID', 'params is empty')
  assertValuesValid(given, stored)
  const changes = changedValues(stored, given)
  return transact(context, async (tx) => {
    const release = await changeRelease(tx, context, stored.id, changes, makeLatest)
    if (milestones) await replaceMilestones(tx, context, release, milestones)
    return { ...release, project }
  })
})

/** Writes the values and their audit event. If the date changes, the evidence and the announcement of the release follow. */
export async function changeRelease(
  tx: Tx,
  context: Context,
  id: number,
  values: Partial<Release>,
  makeLatest?: MakeLatest,
): Promise<Release> {
  const before = await lockRelease(tx, id)
  // Somebody else has deleted it meanwhile.
  if (!before) throw noSuchRelease()
  if (makeLatest) await makeReleaseLatest(tx, before, makeLatest)
  const release = await tx.release.update({ where: { id }, data: { ...values, updatedAt: databaseNow() } })
  await rescheduleEvidence(tx, before, release, databaseNow())
  await rescheduleAnnouncement(tx, before, release, databaseNow())
  await recordAuditEvent(tx, context, {
    ...subject(release),
    type: 'release_updated',
    message: `Updated release ${release.tag}`,
  })
  await queueReleaseEvent(tx, { releaseId: id, action: 'update', cause: causeOf(context) })
  return release
}

const subject = (release: Release) => ({
  scope: { projectId: release.projectId },
  target: { type: 'Release', id: release.id, details: titleOf(release) },
})

async function replaceMilestones(tx: Tx, context: Context, release: Release, milestones: Milestone[]): Promise<void> {
  await tx.milestoneRelease.deleteMany({ where: { releaseId: release.id } })
  await tx.milestoneRelease.createMany({
    data: milestones.map(({ id }) => ({ milestoneId: id, releaseId: release.id })),
  })
  const titles = milestones.map(({ title }) => title).join(', ') || '[none]'
  await recordAuditEvent(tx, context, {
    ...subject(release),
    type: 'release_milestones_updated',
    message: `Set the milestones of release ${release.tag} to ${titles}`,
  })
}
