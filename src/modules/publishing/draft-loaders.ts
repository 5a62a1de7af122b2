import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { type Milestone, Prisma, type Project, type ReleaseDraft } from '../../generated/prisma/client.ts'
import { byCreation } from '../../rows/keyset.ts'
import { extendPage, type NumberedPage, type PageInput } from '../../rows/numbered-page.ts'
import { extendRows, type PageToCome } from '../../rows/page.ts'
import { table } from '../../rows/table.ts'
import type { Window } from '../../rows/window.ts'
import { isKeptBy } from '../milestones/find-milestones.ts'
import { milestoneById } from '../milestones/milestone-loaders.ts'

/** A draft with its project, which decides who may read it. */
export type DraftNode = ReleaseDraft & { project: Project }

const drafts = table<ReleaseDraft>('release_drafts', 'd', {
  fields: Prisma.ReleaseDraftScalarFieldEnum,
  dates: { releasedAt: true, createdAt: true, updatedAt: true },
  long: { description: 1_000, tagMessage: 1_000, links: 1_000 },
})

const newestFirst = byCreation<ReleaseDraft>('RELEASE_DRAFTS', 'desc', 'd')
const ofProject = drafts.childrenOf({ column: 'd.project_id' })
const draftByTag = drafts.by('projectId', 'tag')

export const draftDescription = drafts.text('description')
export const draftTagMessage = drafts.text('tagMessage')
export const draftLinks = drafts.text('links')

export const draftPage = (context: Context, project: Project, window: Window): PageToCome<DraftNode> =>
  extendRows(ofProject.page(context, project, { window, order: newestFirst }), { project })

export const countOfDrafts = ofProject.count

/** A page of the drafts by number, the newest first. */
export async function numberedDrafts(
  context: Context,
  project: Project,
  page: PageInput,
): Promise<NumberedPage<DraftNode>> {
  const selected = { where: Prisma.sql`d.project_id = ${project.id}`, order: newestFirst }
  return extendPage(await drafts.numberedPage(context, 'numberedPageOfProject', selected, page), { project })
}

export async function findDraft(context: Context, project: Project, tag: string): Promise<DraftNode | null> {
  const draft = await draftByTag(context).load({ projectId: project.id, tag })
  return draft && { ...draft, project }
}

export const noSuchDraft = () => new RuleViolation('NOT_FOUND', 'Draft does not exist')

/** The whole row as it is now, for a use case. */
export async function getDraft({ id: projectId }: Project, tag: string): Promise<ReleaseDraft> {
  const draft = await db.releaseDraft.findUnique({ where: { projectId_tag: { projectId, tag } } })
  if (!draft) throw noSuchDraft()
  return draft
}

/** The milestones of a draft that are still there, and still those of the project or of a group above it. */
export async function milestonesOfDraft(context: Context, { milestoneIds, project }: DraftNode): Promise<Milestone[]> {
  const found = await Promise.all(milestoneIds.map((id) => milestoneById(context).load(id)))
  return found.filter((milestone) => milestone !== null).filter((milestone) => isKeptBy(project, milestone))
}
