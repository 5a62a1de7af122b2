import type { z } from 'zod'
import { can } from '../../../access/abilities.ts'
import { takeRows } from '../../../context/answer-size.ts'
import type { Context } from '../../../context/context.ts'
import { placeInRest } from '../../../context/place.ts'
import { databaseNow } from '../../../foundation/database-clock.ts'
import { linksOfRelease } from '../../../modules/assets/asset-loaders.ts'
import { evidencesOfRelease } from '../../../modules/evidence/evidence-loaders.ts'
import { milestonesOfRelease } from '../../../modules/milestones/milestone-loaders.ts'
import { commitOf } from '../../../modules/releases/commit-loaders.ts'
import { mayChangeTag } from '../../../modules/releases/release-access.ts'
import type { ReleaseNode } from '../../../modules/releases/release-loaders.ts'
import {
  descriptionHtmlOf,
  descriptionOf,
  isHistorical,
  isUpcoming,
  maskedTitleOf,
  titleOf,
} from '../../../modules/releases/release-text.ts'
import {
  evidenceUrl,
  filteredUrl,
  maskedReleaseUrl,
  newestEvidenceUrl,
  releaseUrl,
  sourceFormats,
  sourceUrl,
  tagPath,
} from '../../../modules/releases/release-urls.ts'
import { userById } from '../../../modules/users/user-loaders.ts'
import { isoTime } from '../kit/dates.ts'
import { presentMilestoneWithStats } from '../milestones/present-milestone.ts'
import { presentCommit } from '../repository/present-commit.ts'
import { presentUser } from '../users/present-user.ts'
import { presentLink } from './present-link.ts'
import type { EvidenceBody, ReleaseBody, ReleaseLinksBody, SimpleReleaseBody } from './release-bodies.ts'

/** All children of a release: REST has no pages inside of a release. */
const ALL = { limit: 10_000, backward: false, after: null, before: null }

const readsCode = ({ viewer }: Context, { project }: ReleaseNode) => can(viewer, 'code:read', project)

/** Without the keys of absent values. */
const present = <Values extends object>(values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values

/** `notes`: without them where nobody shows them. */
type ReleaseOptions = { html?: boolean; notes?: boolean }

export async function presentSimpleRelease(
  context: Context,
  release: ReleaseNode,
  { notes = true }: ReleaseOptions = {},
): Promise<z.output<typeof SimpleReleaseBody>> {
  const shown = readsCode(context, release)
  return present({
    name: shown ? titleOf(release) : maskedTitleOf(release),
    tag_name: shown ? release.tag : undefined,
    description: notes ? await descriptionOf(context, release, () => placeInRest(context, 'description')) : null,
    created_at: isoTime(release.createdAt),
    released_at: isoTime(release.releasedAt),
    upcoming_release: isUpcoming(release, databaseNow()),
  })
}

/** Fails like the others, by its promise: what throws among them would leave their failures to nobody. */
async function presentHtml(context: Context, release: ReleaseNode): Promise<string | undefined> {
  return (await descriptionHtmlOf(context, release, () => placeInRest(context, 'description_html'))) ?? undefined
}

async function presentCommitOf(context: Context, { sha, project }: ReleaseNode) {
  const commit =
    sha === null ? null : await commitOf(context, project, sha, () => placeInRest(context, 'commit.message'))
  return commit && presentCommit(context, commit)
}

async function presentAuthor(context: Context, { authorId }: ReleaseNode) {
  const author = authorId === null ? null : await userById(context).load(authorId)
  return author ? presentUser(context, author) : undefined
}

async function presentMilestones(context: Context, release: ReleaseNode) {
  if (!can(context.viewer, 'milestone:read', release.project)) return undefined
  const { edges } = await milestonesOfRelease(context, release, ALL)
  return edges.length === 0
    ? undefined
    : Promise.all(edges.map(({ node }) => presentMilestoneWithStats(context, node, 'milestones.description')))
}

async function presentAssets(context: Context, release: ReleaseNode) {
  // Before they are read: REST has no pages of them.
  takeRows(context, release.linksCount, 'assets.links')
  const { edges } = await linksOfRelease(context, release, ALL)
  const sources = readsCode(context, release)
    ? sourceFormats.map((format) => ({ format, url: sourceUrl(context, release, format) }))
    : undefined
  return present({
    count: release.linksCount + (sources?.length ?? 0),
    sources,
    links: edges.map(({ node }) => presentLink(context, node)),
  })
}

async function presentEvidences(
  context: Context,
  release: ReleaseNode,
): Promise<z.output<typeof EvidenceBody>[] | undefined> {
  if (!readsCode(context, release)) return undefined
  if (!can(context.viewer, 'evidence:read', release.project)) return []
  const { edges } = await evidencesOfRelease(context, release, ALL)
  return edges.map(({ node }) => ({
    sha: node.sha,
    filepath: evidenceUrl(context, release, node),
    collected_at: isoTime(node.createdAt),
  }))
}

async function presentReleaseLinks(context: Context, release: ReleaseNode): Promise<z.output<typeof ReleaseLinksBody>> {
  if (!readsCode(context, release)) return { self: maskedReleaseUrl(context, release) }
  const { project, tag } = release
  const mayEdit = can(context.viewer, 'release:update', project) && (await mayChangeTag(context, project, tag))
  const self = releaseUrl(context, release)
  return present({
    closed_issues_url: filteredUrl(context, release, 'issues', 'closed'),
    closed_merge_requests_url: filteredUrl(context, release, 'merge_requests', 'closed'),
    edit_url: mayEdit ? `${self}/edit` : undefined,
    merged_merge_requests_url: filteredUrl(context, release, 'merge_requests', 'merged'),
    opened_issues_url: filteredUrl(context, release, 'issues', 'opened'),
    opened_merge_requests_url: filteredUrl(context, release, 'merge_requests', 'opened'),
    self,
  })
}

/**
 * A release as the viewer may see it, its keys in the order of contract/rest.md 2.1. What it consists of is asked for at
 * once: so the releases of a page share their statements.
 */
export async function presentRelease(
  context: Context,
  release: ReleaseNode,
  options: ReleaseOptions = {},
): Promise<z.output<typeof ReleaseBody>> {
  const shown = readsCode(context, release)
  const [simple, descriptionHtml, author, commit, milestones, assets, evidences, links] = await Promise.all([
    presentSimpleRelease(context, release, options),
    options.html ? presentHtml(context, release) : undefined,
    presentAuthor(context, release),
    shown ? presentCommitOf(context, release) : undefined,
    presentMilestones(context, release),
    presentAssets(context, release),
    presentEvidences(context, release),
    presentReleaseLinks(context, release),
  ])
  const newest = evidences?.at(-1)
  return present({
    ...simple,
    historical_release: isHistorical(release),
    description_html: descriptionHtml,
    author,
    commit,
    milestones,
    commit_path: commit ? `/${release.project.fullPath}/-/commit/${commit.id}` : undefined,
    tag_path: shown ? tagPath(release) : undefined,
    evidence_sha: newest?.sha,
    assets: newest ? { ...assets, evidence_file_path: newestEvidenceUrl(context, release) } : assets,
    evidences,
    _links: links,
  })
}
