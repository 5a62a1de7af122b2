import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { AssetLink, Project } from '../../generated/prisma/client.ts'
import { linkProblems } from '../assets/link-rules.ts'
import { createLink, updateLink } from '../assets/link-service.ts'
import { createImported } from '../publishing/create-release.ts'
import { createDraft, deleteDraft, updateDraft } from '../publishing/draft-service.ts'
import { changeRelease, updateRelease } from '../publishing/update-release.ts'
import { titleOf } from '../releases/release-title.ts'
import type { Outcome } from './import-progress.ts'
import type { Leave, SourceRelease } from './sources/source.ts'
import { hasValues, knownMilestones } from './write-planning.ts'

/** `sha`: the commit to which the tag leads here; null without the tag. */
export type ImportedRelease = SourceRelease & { sha: string | null }

type Target = { project: Project; leave: Leave }
type Link = SourceRelease['links'][number]

/** The links that keep the rules. A link that repeats another is left, because a release has each name and each URL once. */
function usableLinks({ tag, links }: SourceRelease, leave: Leave): Link[] {
  const usable: Link[] = []
  for (const link of links) {
    const repeated = usable.some(({ name, url, filepath }) => {
      return name === link.name || url === link.url || (filepath !== null && filepath === link.filepath)
    })
    const problems = repeated ? ['another link has its name, URL or path'] : linkProblems(link)
    if (problems.length === 0) usable.push(link)
    else leave(`The link ${link.name} of the release ${tag}`, problems.join(', '))
  }
  return usable
}

/** Links that people have added stay, and so do links that the source does not have any more. */
async function writeLinks(
  context: Context,
  release: { tag: string; links: AssetLink[] },
  links: Link[],
  { project, leave }: Target,
): Promise<boolean> {
  let changed = false
  for (const link of links) {
    const found = release.links.find(({ name }) => name === link.name)
    if (found && hasValues(found, link)) continue
    const write = found
      ? updateLink(context, { id: found.id, ...link })
      : createLink(context, { projectPath: project.fullPath, tagName: release.tag, ...link })
    await write.then(
      () => {
        changed = true
      },
      (error) => {
        if (!(error instanceof RuleViolation)) throw error
        leave(`The link ${link.name} of the release ${release.tag}`, error.message)
      },
    )
  }
  return changed
}

/** Writes a draft as `releaseCreate(draft: true)` and `releaseUpdate` do. It is dated when it is published. */
async function writeDraft(context: Context, row: ImportedRelease, target: Target): Promise<Outcome> {
  const { tag, name, description, prerelease, draftOf: ref } = row
  const links = usableLinks(row, target.leave)
  const values = { name, description, prerelease, ref }
  const where = { projectId_tag: { projectId: target.project.id, tag } }
  const found = await db.releaseDraft.findUnique({ where })
  if (found && hasValues(found, { ...values, links: JSON.stringify(links) })) return 'unchanged'
  const input = { projectPath: target.project.fullPath, tagName: tag, ...values, links }
  await (found ? updateDraft : createDraft)(context, input)
  return found ? 'updated' : 'created'
}

/** The draft that an earlier import has brought of a release that is published by now. */
async function removeDraft(context: Context, tagName: string, { project }: Target): Promise<void> {
  const drafts = await db.releaseDraft.count({ where: { projectId: project.id, tag: tagName } })
  if (drafts > 0) await deleteDraft(context, { projectPath: project.fullPath, tagName })
}

/**
 * Publishes or changes a release as `releaseCreate` and `releaseUpdate` do. The date of a release that was published before is in
 * the past, so no evidence is collected for it. Nobody is told of it. `isKnown`: an earlier import has brought it, perhaps as a draft.
 */
export async function writeRelease(
  context: Context,
  row: ImportedRelease,
  target: Target & { isKnown: boolean },
): Promise<Outcome> {
  if (row.draftOf !== undefined) return writeDraft(context, row, target)
  const { project } = target
  const { tag, sha, description, releasedAt, prerelease, isLatest } = row
  if (sha === null) throw new RuleViolation('UNPROCESSABLE', 'its tag is not in the repository')
  const titles = await knownMilestones(row.milestones, `the release ${tag}`, target)
  const links = usableLinks(row, target.leave)
  const values = { name: titleOf(row), description, releasedAt }
  const where = { projectId_tag: { projectId: project.id, tag } }
  const found = await db.release.findUnique({
    where,
    include: { links: true, milestones: { include: { milestone: true } } },
  })
  const marks = { prerelease, makeLatest: isLatest ? ('YES' as const) : undefined }
  const shared = { projectPath: project.fullPath, tagName: tag, ...values, ...marks, milestones: { titles } }
  if (!found) {
    await createImported(context, { ...shared, links })
    if (target.isKnown) await removeDraft(context, tag, target)
    return 'created'
  }
  const present = found.milestones.map(({ milestone }) => milestone.title)
  const said = prerelease === undefined ? {} : { prereleaseMark: prerelease }
  const isSame =
    !isLatest &&
    hasValues(found, { ...values, ...said, sha }) &&
    present.toSorted().join('\n') === titles.toSorted().join('\n')
  if (!isSame) await updateRelease(context, shared)
  if (found.sha !== sha) await db.$transaction((tx) => changeRelease(tx, context, found.id, { sha }))
  const changed = await writeLinks(context, found, links, target)
  return isSame && !changed ? 'unchanged' : 'updated'
}
