import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { withoutUndefined } from '../../foundation/rules.ts'
import type { Milestone, Project, Release } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { rescheduleEvidence } from '../evidence/evidence-schedule.ts'
import { findMilestones, type MilestoneChoice } from '../milestones/find-milestones.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { onBrokenRepository } from '../releases/broken-repository.ts'
import { getReleaseToChange, noSuchRelease } from '../releases/find-release.ts'
import { lockRelease } from '../releases/lock-release.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import { assertTextsFit, renderedNotes } from './release-rules.ts'

/** What is absent stays as it is. */
export type ReleaseUpdate = {
  projectPath: string
  tagName: string
  name?: string | null | undefined
  description?: string | null | undefined
  releasedAt?: Date | undefined
  milestones?: MilestoneChoice
}

type Columns = 'name' | 'description' | 'descriptionHtml' | 'rendererVersion' | 'releasedAt' | 'sha'

async function getRelease(context: Context, project: Project, tag: string): Promise<Release> {
  const onBroken = onBrokenRepository(context, project, `Failed to read tag ${tag}`)
  if (!(await context.repositories.resolveTag(project.id, tag).catch(onBroken))) {
    throw new RuleViolation('NOT_FOUND', 'Tag does not exist')
  }
  return getReleaseToChange(context, project, tag)
}

/** Changes a release; its tag stays. The checks come in the order of docs/contract/releases.md#changing. */
export const updateRelease = once(async (context: Context, input: ReleaseUpdate): Promise<ReleaseNode> => {
  const project = await getProjectFor(context, 'release:update', input.projectPath)
  const stored = await getRelease(context, project, input.tagName)
  const { name, description, releasedAt } = input
  const milestones = await findMilestones(project, input.milestones ?? {})
  if (milestones === null && [name, description, releasedAt].every((value) => value === undefined)) {
    throw new RuleViolation('INVALID', 'params is empty')
  }
  assertTextsFit({ name, description }, stored)
  const notes = description === undefined ? {} : renderedNotes(description, project.id)
  return transact(context, async (tx) => {
    const release = await changeRelease(tx, context, stored.id, withoutUndefined({ name, ...notes, releasedAt }))
    if (milestones) await replaceMilestones(tx, context, release, milestones)
    return { ...release, project }
  })
})

/** Writes the values with their audit event, and moves the release's evidence along with its date. */
export async function changeRelease(
  tx: Tx,
  context: Context,
  id: number,
  values: Partial<Pick<Release, Columns>>,
): Promise<Release> {
  const before = await lockRelease(tx, id)
  // Somebody else has deleted it meanwhile.
  if (!before) throw noSuchRelease()
  const release = await tx.release.update({ where: { id }, data: { ...values, updatedAt: databaseNow() } })
  await rescheduleEvidence(tx, before, release, databaseNow())
  await recordAuditEvent(tx, context, {
    ...subject(release),
    type: 'release_updated',
    message: `Updated release ${release.tag}`,
  })
  return release
}

const subject = (release: Release) => ({
  scope: { projectId: release.projectId },
  target: { type: 'Release', id: release.id, details: release.name ?? release.tag },
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
