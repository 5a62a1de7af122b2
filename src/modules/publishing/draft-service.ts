// Drafts: releases that are not published yet. They make no tag, no evidence and no news.
import { type AuditEventType, recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { withoutUndefined } from '../../foundation/rules.ts'
import type { Milestone, ReleaseDraft } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { capitalized } from '../../rows/columns.ts'
import { findMilestones } from '../milestones/find-milestones.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { planWithProtectedTags } from '../protected-tags/protected-tag-loaders.ts'
import { assertMayCreateTag } from '../releases/release-access.ts'
import { isReleased } from '../releases/release-loaders.ts'
import { titleOf } from '../releases/release-title.ts'
import type { ReleaseCreate } from './create-release.ts'
import { type DraftNode, getDraft, noSuchDraft } from './draft-loaders.ts'
import { RELEASE_EXISTS } from './insert-release.ts'
import { assertTagNameValid } from './release-tag.ts'
import { assertValuesValid } from './release-values.ts'

type DraftKey = { projectPath: string; tagName: string }

const onTaken = onUniqueViolation({
  release_drafts_project_id_tag_key: () => new RuleViolation('CONFLICT', 'Draft already exists'),
})

type DraftEvent = Extract<AuditEventType, `release_draft_${string}`>

/** The columns of what is given. What is not changed below is stored under its own name. */
function columnsOf(input: ReleaseCreate, milestones: readonly Milestone[] | null) {
  const { projectPath: _, tagName: __, milestones: ___, generateNotes: ____, makeLatest, links, ...values } = input
  return withoutUndefined({
    ...values,
    makesLatest: makeLatest == null ? undefined : makeLatest === 'YES',
    links: links && JSON.stringify(links),
    milestoneIds: milestones?.map(({ id }) => id),
  })
}

async function record(tx: Tx, context: Context, type: DraftEvent, draft: ReleaseDraft): Promise<void> {
  const done = capitalized(type.slice('release_draft_'.length))
  await recordAuditEvent(tx, context, {
    type,
    scope: { projectId: draft.projectId },
    target: { type: 'ReleaseDraft', id: draft.id, details: titleOf(draft) },
    message: `${done} the draft of release ${draft.tag}`,
  })
}

/** Keeps a release back as a draft. The ref and a deploy freeze count only when it is published. */
export const createDraft = once(async (context: Context, input: ReleaseCreate): Promise<DraftNode> => {
  const project = await getProjectFor(context, 'release:create', input.projectPath, planWithProtectedTags)
  await assertMayCreateTag(context, project, input.tagName)
  if (await isReleased(project, input.tagName)) throw new RuleViolation('CONFLICT', RELEASE_EXISTS)
  if (input.generateNotes) throw new RuleViolation('INVALID', 'Notes are not generated for a draft')
  const milestones = await findMilestones(project, input.milestones ?? {})
  assertTagNameValid(input.tagName)
  assertValuesValid(input)
  const now = databaseNow()
  const data = { ...columnsOf(input, milestones), projectId: project.id, tag: input.tagName }
  const by = { authorId: context.viewer.user?.id ?? null, createdAt: now, updatedAt: now }
  return transact(context, async (tx) => {
    const draft = await tx.releaseDraft.create({ data: { ...data, ...by } })
    await record(tx, context, 'release_draft_created', draft)
    return { ...draft, project }
  }).catch(onTaken)
})

async function getDraftToChange(context: Context, { projectPath, tagName }: DraftKey) {
  const project = await getProjectFor(context, 'release:create', projectPath, planWithProtectedTags)
  const draft = await getDraft(project, tagName)
  await assertMayCreateTag(context, project, tagName)
  return { project, draft }
}

/** Changes a draft. What is absent stays as it is. */
export const updateDraft = once(async (context: Context, input: ReleaseCreate): Promise<DraftNode> => {
  const { project, draft } = await getDraftToChange(context, input)
  const milestones = await findMilestones(project, input.milestones ?? {})
  const changes = columnsOf(input, milestones)
  if (Object.keys(changes).length === 0) throw new RuleViolation('INVALID', 'params is empty')
  assertValuesValid(input, draft)
  return transact(context, async (tx) => {
    const data = { ...changes, version: { increment: 1 }, updatedAt: databaseNow() }
    const [changed] = await tx.releaseDraft.updateManyAndReturn({ where: { id: draft.id }, data })
    // Somebody may have published or deleted it meanwhile.
    if (!changed) throw noSuchDraft()
    await record(tx, context, 'release_draft_updated', changed)
    return { ...changed, project }
  })
})

export const deleteDraft = once(async (context: Context, key: DraftKey): Promise<DraftNode> => {
  const { project, draft } = await getDraftToChange(context, key)
  return transact(context, async (tx) => {
    const { count } = await tx.releaseDraft.deleteMany({ where: { id: draft.id } })
    if (count === 0) throw noSuchDraft()
    await record(tx, context, 'release_draft_deleted', draft)
    return { ...draft, project }
  })
})
