import type { SemVer } from 'semver'
import { callerOf } from '../../access/caller.ts'
import type { Context } from '../../context/context.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { invalid } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { findDefaultBranch } from '../../git/branches.ts'
import { type CommitRange, type LoggedCommit, MAX_LOGGED_COMMITS, readLog } from '../../git/commit-log.ts'
import { listTagRefs } from '../../git/tags.ts'
import { onBrokenRepository } from '../releases/broken-repository.ts'
import { hasRepository } from '../repository/refs.ts'
import { changesByTrailer } from './changed-commits.ts'
import { type ChangelogConfig, DEFAULT_CONFIG_FILE, readConfig } from './changelog-config.ts'
import { changelogFailure } from './changelog-failure.ts'
import { categoriesOf, sectionOf, textOf } from './changelog-section.ts'
import { parseVersion, stableTagBelow } from './version-tags.ts'

type Given<Value> = Value | null | undefined

export type ChangelogInput = {
  /** A SemVer version, also with a leading `v`. */
  version: string
  /** The range begins after this commit. Absent: after the tag of the highest stable version below `version`. */
  from?: Given<string>
  /** The range ends with this commit. Absent: with the default branch. */
  to?: Given<string>
  date?: Given<Date>
  trailer?: Given<string>
  configFile?: Given<string>
  configFileRef?: Given<string>
}

const FAILURE = 'Failed to generate the changelog'

/** Runs git in the viewer's turn. */
export const inTurn = <Found>(context: Context, project: Project, read: (repository: string) => Promise<Found>) =>
  context.repositories
    .inTurn(callerOf(context), () => read(context.repositories.directory(project.id)))
    .catch(onBrokenRepository(context, project, FAILURE))

/** The commit of a branch, a tag or a commit; of the default branch for '' and `HEAD`. Null without one. */
async function findCommit(context: Context, project: Project, ref: Given<string>): Promise<string | null> {
  const resolve = (name: string) =>
    context.repositories.resolveCommit(project.id, name).catch(onBrokenRepository(context, project, FAILURE))
  if (ref && ref !== 'HEAD') return resolve(ref)
  const branch = await inTurn(context, project, findDefaultBranch)
  return branch === null ? null : resolve(`refs/heads/${branch}`)
}

async function getCommit(context: Context, project: Project, ref: Given<string>): Promise<string> {
  const sha = await findCommit(context, project, ref)
  if (sha === null) throw changelogFailure(`there is no commit ${(ref || 'HEAD').slice(0, 100)}`)
  return sha
}

export async function configOf(
  context: Context,
  project: Project,
  { configFile, configFileRef }: Pick<ChangelogInput, 'configFile' | 'configFileRef'>,
): Promise<ChangelogConfig> {
  const sha = await findCommit(context, project, configFileRef)
  return inTurn(context, project, (repository) => readConfig(repository, sha, configFile || DEFAULT_CONFIG_FILE))
}

/** The commits of the range, newest first. */
export async function logOf(context: Context, project: Project, range: CommitRange): Promise<LoggedCommit[]> {
  const commits = await inTurn(context, project, (repository) => readLog(repository, range))
  if (commits) return commits
  throw changelogFailure(
    `the range has more than ${MAX_LOGGED_COMMITS} commits, or takes git too long: give another start`,
  )
}

export function getVersion(text: string): SemVer {
  const version = parseVersion(text)
  if (!version) throw invalid('version must be a semantic version, such as 1.2.0')
  return version
}

async function startOf(
  context: Context,
  project: Project,
  { version, regex }: { version: SemVer; regex: string | null },
) {
  // In the viewer's turn, because a pattern takes a thread.
  const found = await inTurn(context, project, async (repository) =>
    stableTagBelow(await listTagRefs(repository), version, regex),
  )
  if (found) return found.sha
  throw changelogFailure('the start of the range is missing, and there is no tag of a previous version')
}

/** The section of a changelog, which lists the commits of a range that have a trailer. For viewers who may read the code. */
export async function changelogOf(context: Context, project: Project, input: ChangelogInput): Promise<string> {
  const version = getVersion(input.version)
  await context.spendOn?.({ what: 'changelogs', projectId: project.id })
  if (!(await hasRepository(context, project))) throw changelogFailure('there is no repository')
  const config = await configOf(context, project, input)
  const to = await getCommit(context, project, input.to)
  const from = input.from
    ? await getCommit(context, project, input.from)
    : await startOf(context, project, { version, regex: config.tag_regex })
  const commits = await logOf(context, project, { from, to })
  const changes = changesByTrailer(commits, input.trailer || 'Changelog')
  const categories = await categoriesOf(context, project, { changes, config, titles: config.categories })
  const heading = { version: input.version.trim(), date: input.date ?? databaseNow(), format: config.date_format }
  return sectionOf(heading, textOf(config.template, { categories }))
}
