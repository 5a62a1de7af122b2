import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import type { Milestone, Project } from '../../generated/prisma/client.ts'
import { type LoggedCommit, readAuthors } from '../../git/commit-log.ts'
import { projectUrl } from '../projects/project-url.ts'
import { releaseBefore } from '../releases/neighbour-releases.ts'
import { accountsOfAuthors } from './author-accounts.ts'
import { type Change, changesByConvention, conventionalTitles, withoutChangelogs } from './changed-commits.ts'
import { categoriesOf, entryOf, textOf } from './changelog-section.ts'
import { configOf, inTurn, logOf } from './changelog-service.ts'
import { commitOfRelease } from './commit-of-release.ts'

const MAX_ISSUES = 1_000

/** The closed issues of the milestones. Everybody who reads the release reads its notes, so no confidential issue is among them. */
async function closedIssues(context: Context, project: Project, milestones: readonly Milestone[]) {
  if (milestones.length === 0 || !can(context.viewer, 'issue:read', project)) return []
  const milestoneId = { in: milestones.map(({ id }) => id) }
  const issues = await db.issue.findMany({
    where: { projectId: project.id, milestoneId, state: 'closed', confidential: false },
    select: { iid: true, title: true },
    orderBy: { iid: 'asc' },
    take: MAX_ISSUES,
  })
  return issues.map(({ iid, title }) => ({
    title,
    reference: `#${iid}`,
    web_url: `${projectUrl(context, project)}/-/issues/${iid}`,
  }))
}

/** The first commit in the range of each author who has none before it. Nobody, when git takes too long to find out. */
async function firstCommits(context: Context, project: Project, { commits, from }: Range): Promise<LoggedCommit[]> {
  if (from === null || commits.length === 0) return []
  const known = await inTurn(context, project, (repository) => readAuthors(repository, from))
  if (!known) return []
  return commits.toReversed().filter(({ authorEmail }) => {
    const email = authorEmail.toLowerCase()
    if (known.has(email)) return false
    known.add(email)
    return true
  })
}

type Range = { commits: readonly LoggedCommit[]; from: string | null }

async function contributorsOf(context: Context, project: Project, range: Range) {
  const first = await firstCommits(context, project, range)
  const emails = first.map(({ authorEmail }) => authorEmail)
  const accounts = await accountsOfAuthors(context, project, { emails, creditedGroups: [] })
  const changes = changesByConvention(first, { trailer: 'Changelog', titles: null })
  return changes.map((change) => {
    const account = accounts.get(change.commit.authorEmail)
    const name = account ? `@${account.username}` : change.commit.authorName
    return { name, ...entryOf(context, project, change, account) }
  })
}

export type NotesInput = {
  tag: string
  /** The commit of the tag. */
  sha: string
  milestones: readonly Milestone[]
}

/**
 * Release notes from what was done since the release of the previous version. They name no tag by themselves, because a viewer who
 * may not read the code reads them.
 */
export async function generateNotes(context: Context, project: Project, input: NotesInput): Promise<string> {
  const config = await configOf(context, project, {})
  const previous = await releaseBefore(project, input.tag)
  const from = previous && (await commitOfRelease(context, project, previous))
  const commits = withoutChangelogs(await logOf(context, project, { from, to: input.sha }))
  const titles = new Map([
    ...config.categories,
    ...[...conventionalTitles].filter(([key]) => !config.categories.has(key)),
  ])
  const changes: Change[] = changesByConvention(commits, { trailer: 'Changelog', titles })
  const [categories, issues, contributors] = await Promise.all([
    categoriesOf(context, project, { changes, config, titles }),
    closedIssues(context, project, input.milestones),
    contributorsOf(context, project, { commits, from }),
  ])
  return textOf(config.release_notes_template, { categories, issues, contributors })
}
