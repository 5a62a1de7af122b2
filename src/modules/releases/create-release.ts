import type { Context } from '../../context.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { db, type Tx } from '../../db.ts'
import { RuleViolation } from '../../errors.ts'
import type { LinkType, Milestone, Project, Release } from '../../generated/prisma/client.ts'
import { assertLinksValid, type LinkValues } from '../assets/link-rules.ts'
import { recordAuditEvent } from '../audit/audit-service.ts'
import { scheduleEvidence } from '../evidence/evidence-schedule.ts'
import { assertNotFrozen } from '../freezes/assert-not-frozen.ts'
import { findMilestones, type MilestoneChoice } from '../milestones/find-milestones.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { mayChangeTag } from './release-access.ts'
import type { ReleaseNode } from './release-loaders.ts'
import { assertDescriptionFits, renderedNotes } from './release-rules.ts'
import { planTag, type TagInput } from './release-tag.ts'
import { versionKeyOf } from './tag-name.ts'

export type ReleaseCreate = TagInput & {
  projectPath: string
  name?: string | null | undefined
  description?: string | null | undefined
  releasedAt?: Date | null | undefined
  milestones?: MilestoneChoice
  links?: readonly (LinkValues & { linkType: LinkType })[]
}

const EXISTS = 'Release already exists'

/** Publishes a release, and makes its tag when there is none. The checks come in the order of contract/graphql.md 7.2. */
export async function createRelease(context: Context, input: ReleaseCreate): Promise<ReleaseNode> {
  const project = await getProjectFor(context, 'release:create', input.projectPath)
  if (!(await mayChangeTag(context, project, input.tagName))) {
    throw new RuleViolation('FORBIDDEN', 'You are not allowed to create this tag as it is protected.')
  }
  await assertNotFrozen(context, project)
  const where = { projectId_tag: { projectId: project.id, tag: input.tagName } }
  if (await db.release.findUnique({ where, select: { id: true } })) throw new RuleViolation('CONFLICT', EXISTS)
  const milestones = (await findMilestones(project, input.milestones ?? {})) ?? []
  const tag = await planTag(context, project, input)
  assertDescriptionFits(input.description)
  assertLinksValid(input.links ?? [])
  // Git cannot roll back: the tag stays when the release cannot be saved after all, and serves the next attempt.
  await tag.make()
  const release = await db
    .$transaction((tx) => insert(tx, context, { project, sha: tag.sha, milestones, input }))
    .catch(onUniqueViolation({ releases_project_id_tag_key: () => new RuleViolation('CONFLICT', EXISTS) }))
  return { ...release, project }
}

type Insert = { project: Project; sha: string; milestones: Milestone[]; input: ReleaseCreate }

async function insert(tx: Tx, context: Context, { project, sha, milestones, input }: Insert): Promise<Release> {
  const now = new Date()
  const release = await tx.release.create({
    data: {
      projectId: project.id,
      tag: input.tagName,
      sha,
      name: input.name ?? input.tagName,
      ...renderedNotes(input.description ?? null),
      authorId: context.viewer.user?.id ?? null,
      createdAt: now,
      releasedAt: input.releasedAt ?? now,
      ...versionKeyOf(input.tagName),
    },
  })
  const links = input.links ?? []
  if (links.length > 0)
    await tx.assetLink.createMany({ data: links.map((link) => ({ ...link, releaseId: release.id })) })
  const data = milestones.map(({ id }) => ({ milestoneId: id, releaseId: release.id }))
  if (data.length > 0) await tx.milestoneRelease.createMany({ data })
  await scheduleEvidence(tx, release, now)
  const titles = milestones.map(({ title }) => title).join(', ')
  await recordAuditEvent(tx, context, {
    type: 'release_created',
    scope: { projectId: project.id },
    target: { type: 'Release', id: release.id, details: release.name ?? release.tag },
    message: `Created release ${release.tag}${titles ? ` with milestones ${titles}` : ''}`,
  })
  return { ...release, linksCount: links.length }
}
