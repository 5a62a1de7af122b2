import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { listRange } from '../../git/commit-log.ts'
import { type AssetLinkNode, allLinks } from '../assets/asset-loaders.ts'
import { closedIssuesOfRelease } from '../issues/issue-loaders.ts'
import type { IssueNode } from '../issues/issue-policy.ts'
import { previousRelease } from '../releases/neighbour-releases.ts'
import { findReleaseByTag, type ReleaseNode } from '../releases/release-loaders.ts'
import { hasRepository } from '../repository/refs.ts'
import { inTurn } from './changelog-service.ts'
import { commitOfRelease } from './commit-of-release.ts'
import { beginWalk } from './history-walks.ts'

/** What a release has that another one has not. */
export type Comparison = { release: ReleaseNode; other: ReleaseNode }

export const MAX_COMPARED_COMMITS = 1_000

/** Compares with the release of the tag, or else with the previous version. Null without such a release. */
export async function compareRelease(context: Context, release: ReleaseNode, tag: string | null | undefined) {
  const { project } = release
  if (tag != null) {
    const other = await findReleaseByTag(context, project, tag)
    return other && { release, other }
  }
  const other = await previousRelease(context).load(release.id)
  return other && { release, other: { ...other, project } }
}

/** The IDs of the commits that only the release has, newest first. */
export async function commitsBetween(context: Context, { release, other }: Comparison) {
  const { project } = release
  beginWalk(context)
  if (!(await hasRepository(context, project))) return { ids: [], isCut: false }
  const to = await commitOfRelease(context, project, release)
  const from = await commitOfRelease(context, project, other)
  if (to === null || from === null) return { ids: [], isCut: false }
  return inTurn(context, project, (repository) => listRange(repository, { from, to }, MAX_COMPARED_COMMITS))
}

/** The closed issues of the milestones that only the release has. */
export async function issuesBetween(context: Context, { release, other }: Comparison): Promise<IssueNode[]> {
  const { project } = release
  if (!can(context.viewer, 'issue:read', project) || !can(context.viewer, 'milestone:read', project)) return []
  const [own, others] = await Promise.all([release, other].map(({ id }) => closedIssuesOfRelease(context, project, id)))
  const known = new Set(others?.map(({ id }) => id))
  return own?.filter(({ id }) => !known.has(id)) ?? []
}

/** The links of one release whose names the other one does not have. */
export async function linksOnlyIn(
  context: Context,
  release: ReleaseNode,
  other: ReleaseNode,
): Promise<AssetLinkNode[]> {
  const [own, others] = await Promise.all([allLinks(context, release), allLinks(context, other)])
  const known = new Set(others.map(({ name }) => name))
  return own.filter(({ name }) => !known.has(name))
}
