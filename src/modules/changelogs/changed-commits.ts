// Which commits of a range a changelog lists, and under which heading.
import type { LoggedCommit } from '../../git/commit-log.ts'
import { parseTrailers } from '../../git/trailers.ts'

const OWN_MESSAGE = 'Add changelog for version '

/** The message of the commit that writes a changelog, unless the viewer gives another. */
export const changelogMessage = (version: string): string => `${OWN_MESSAGE}${version}`

/** Leaves out commits of changelogs and what reverts them: their titles name the version, and with it perhaps the tag. */
export const withoutChangelogs = (commits: readonly LoggedCommit[]): LoggedCommit[] =>
  commits.filter(({ message }) => !firstLine(message).includes(OWN_MESSAGE))

/** A commit that a changelog lists. */
export type Change = {
  commit: LoggedCommit
  trailers: ReadonlyMap<string, string>
  title: string
  /** The value of the trailer, or the type of a Conventional Commit. */
  category: string
}

const REVERTS = /^This reverts commit ([0-9a-f]{40})/m

/** Leaves out a commit that a newer one reverts. The commits come newest first. A revert that is reverted itself reverts nothing. */
function withoutReverted(commits: readonly LoggedCommit[]): LoggedCommit[] {
  const reverted = new Set<string>()
  return commits.filter(({ sha, message }) => {
    if (reverted.has(sha)) return false
    const [, other] = REVERTS.exec(message) ?? []
    if (other !== undefined) reverted.add(other)
    return true
  })
}

const firstLine = (message: string) => (message.trimStart().split(/\r?\n/, 1)[0] ?? '').trimEnd()

const described = (commit: LoggedCommit) => ({
  commit,
  trailers: new Map(parseTrailers(commit.message)),
  title: firstLine(commit.message),
})

/** The commits whose message has the trailer. */
export const changesByTrailer = (commits: readonly LoggedCommit[], trailer: string): Change[] =>
  withoutReverted(commits).flatMap((commit) => {
    const change = described(commit)
    const category = change.trailers.get(trailer)
    return category === undefined ? [] : [{ ...change, category }]
  })

/** `type(scope)!: description`, as conventionalcommits.org has it. */
const CONVENTIONAL = /^([A-Za-z][\w-]*)(?:\(([^()]*)\))?(!)?: +(\S.*)$/
const BREAKING_FOOTER = /^BREAKING[ -]CHANGE: /m

const BREAKING = 'breaking'
const OTHER = 'other'

/** Titles of the types that are listed without a configuration. */
export const conventionalTitles: ReadonlyMap<string, string> = new Map([
  [BREAKING, 'Breaking changes'],
  ['feat', 'Features'],
  ['fix', 'Bug fixes'],
  ['perf', 'Performance'],
  ['revert', 'Reverts'],
  [OTHER, 'Other changes'],
])

function conventional(change: ReturnType<typeof described>): Pick<Change, 'title' | 'category'> | null {
  const [, type = '', scope, mark, description = ''] = CONVENTIONAL.exec(change.title) ?? []
  if (type === '') return null
  const isBreaking = mark !== undefined || BREAKING_FOOTER.test(change.commit.message)
  const title = scope ? `${scope}: ${description}` : description
  return { title, category: isBreaking ? BREAKING : type.toLowerCase() }
}

/**
 * By trailer, or else by Conventional Commits. A commit that follows neither is another change, unless it is a merge. Types without
 * a title are left out. Without titles (null) all types are listed.
 */
export const changesByConvention = (
  commits: readonly LoggedCommit[],
  { trailer, titles }: { trailer: string; titles: ReadonlyMap<string, string> | null },
): Change[] =>
  withoutReverted(commits).flatMap((commit) => {
    const change = described(commit)
    const category = change.trailers.get(trailer)
    if (category !== undefined) return [{ ...change, category }]
    const found = conventional(change)
    if (found) return (titles?.has(found.category) ?? true) ? [{ ...change, ...found }] : []
    return commit.parentIds.length > 1 ? [] : [{ ...change, category: OTHER }]
  })
