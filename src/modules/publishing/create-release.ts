import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { LinkType, Project } from '../../generated/prisma/client.ts'
import { once } from '../../idempotency/once.ts'
import type { LinkValues } from '../assets/link-rules.ts'
import { generateNotes, type NotesInput } from '../changelogs/release-notes.ts'
import { assertNotFrozen } from '../freezes/assert-not-frozen.ts'
import { findMilestones, type MilestoneChoice } from '../milestones/find-milestones.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { planWithProtectedTags } from '../protected-tags/protected-tag-loaders.ts'
import type { MakeLatest } from '../releases/latest-mark.ts'
import { assertMayCreateTag } from '../releases/release-access.ts'
import { isReleased, type ReleaseNode } from '../releases/release-loaders.ts'
import { titleOf } from '../releases/release-title.ts'
import { insertRelease, type NewRelease, RELEASE_EXISTS } from './insert-release.ts'
import type { DraftVersion } from './published-drafts.ts'
import { planTag, type TagInput } from './release-tag.ts'
import { assertTextsFit, assertValuesValid, type GivenValues, newValues, renderedNotes } from './release-values.ts'

export type ReleaseCreate = TagInput &
  GivenValues & {
    projectPath: string
    /** Appends notes from what was done since the previous version. */
    generateNotes?: boolean | null | undefined
    makeLatest?: MakeLatest | null | undefined
    milestones?: MilestoneChoice
    links?: readonly (LinkValues & { linkType: LinkType })[] | undefined
  }

async function checkRest(context: Context, project: Project, input: ReleaseCreate) {
  const milestones = (await findMilestones(project, input.milestones ?? {})) ?? []
  const tag = await planTag(context, project, input)
  assertValuesValid(input)
  return { milestones, tag }
}

/** The given notes, and behind them what is generated. */
async function descriptionOf(
  context: Context,
  project: Project,
  { description, generateNotes: isAsked, tagName: tag }: ReleaseCreate,
  found: Omit<NotesInput, 'tag'>,
) {
  if (!isAsked) return description
  const notes = await generateNotes(context, project, { tag, ...found })
  const whole = [description, notes].filter(Boolean).join('\n\n')
  assertTextsFit({ description: whole })
  return whole
}

/** The release that an earlier attempt of this request has created. It may be deleted by now, or hidden from the viewer. */
export async function findMade({ viewer }: Context, id: number): Promise<ReleaseNode> {
  const release = await db.release.findUnique({ where: { id }, include: { project: true } })
  if (!release || !can(viewer, 'release:read', release.project)) {
    throw new RuleViolation('NOT_FOUND', 'The release was created, and is gone')
  }
  return release
}

type Publication = Pick<NewRelease, 'announces'> & { input: ReleaseCreate; draft: DraftVersion | null }

/**
 * Publishes a release, and creates its tag if it is missing. The refusals come in the order of
 * docs/contract/releases.md#publishing. The database refuses a second release of a tag. So we look for the first one only before
 * another refusal, which would come later in that order, and before we create a tag.
 */
export async function publishRelease(
  context: Context,
  project: Project,
  { input, draft, announces }: Publication,
): Promise<ReleaseNode> {
  await assertMayCreateTag(context, project, input.tagName)
  await assertNotFrozen(context, project)
  const assertNew = async () => {
    if (await isReleased(project, input.tagName)) throw new RuleViolation('CONFLICT', RELEASE_EXISTS)
  }
  const { milestones, tag } = await checkRest(context, project, input).catch(async (error) => {
    await assertNew()
    throw error
  })
  if (tag.make || input.generateNotes) await assertNew()
  const description = await descriptionOf(context, project, input, { sha: tag.sha, milestones })
  // Git cannot roll back. If the release cannot be saved after all, the tag stays for the next attempt.
  const madeTag = (await tag.make?.()) ?? null
  const origin = {
    tag: input.tagName,
    sha: tag.sha,
    authorId: context.viewer.user?.id ?? null,
    createdAt: databaseNow(),
  }
  const name = titleOf({ name: input.name, tag: input.tagName })
  const values = newValues({ ...origin, ...renderedNotes(description ?? null, project.id) }, { ...input, name })
  const isLatest = input.makeLatest === 'YES'
  const from = { draft, madeTag, announces }
  return insertRelease(context, { project, values, milestones, links: input.links ?? [], isLatest, ...from })
}

async function create(context: Context, input: ReleaseCreate, { announces }: Pick<NewRelease, 'announces'>) {
  const project = await getProjectFor(context, 'release:create', input.projectPath, planWithProtectedTags)
  return publishRelease(context, project, { input, draft: null, announces })
}

export const createRelease = once(
  (context: Context, input: ReleaseCreate): Promise<ReleaseNode> => create(context, input, { announces: true }),
  findMade,
)

/** A release that another server has published: nobody is told of it. */
export const createImported = (context: Context, input: ReleaseCreate): Promise<ReleaseNode> =>
  create(context, input, { announces: false })
