import type { Context } from '../../context/context.ts'
import { invalid, RuleViolation, unavailable } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { readBlob } from '../../git/blobs.ts'
import { findDefaultBranch, listBranches } from '../../git/branches.ts'
import { findEntry } from '../../git/tree-entries.ts'
import { type FileCommit, isWritablePath, moveRef, writeCommit } from '../../git/write-file.ts'
import { changelogMessage } from '../changelogs/changed-commits.ts'
import { changelogFailure } from '../changelogs/changelog-failure.ts'
import { type ChangelogInput, changelogOf, getVersion, inTurn } from '../changelogs/changelog-service.ts'
import { insertSection } from '../changelogs/insert-section.ts'
import { taggerOf } from '../publishing/release-tag.ts'
import { checkPush } from './check-push.ts'
import { pushRefs } from './record-push.ts'

export type ChangelogWrite = ChangelogInput & {
  /** Absent: the default branch. */
  branch?: string | null | undefined
  /** Absent: `CHANGELOG.md`. */
  file?: string | null | undefined
  message?: string | null | undefined
}

const MAX_FILE_BYTES = 10 * 1024 ** 2

/** How often somebody else may push between reading and writing. */
const ATTEMPTS = 5

async function readChangelog(repository: string, sha: string, path: string): Promise<string> {
  const entry = await findEntry(repository, sha, path)
  if (entry?.type !== 'blob') return ''
  if ((entry.size ?? 0) > MAX_FILE_BYTES) throw changelogFailure('the file has more than 10 MiB')
  const content = await readBlob(repository, entry.id, MAX_FILE_BYTES)
  return content?.toString('latin1') ?? ''
}

async function branchOf(context: Context, project: Project, name: string | null | undefined): Promise<string> {
  const branch = name || (await inTurn(context, project, findDefaultBranch))
  if (branch === null) throw changelogFailure('there is no default branch')
  return branch
}

type Write = { input: ChangelogWrite; file: FileCommit & { branch: string }; section: string }

/** Null when somebody else has pushed to the branch meanwhile. */
async function tryToWrite(context: Context, project: Project, { input, file, section }: Write): Promise<'done' | null> {
  const ref = `refs/heads/${file.branch}`
  const branches = await inTurn(context, project, listBranches)
  const before = branches.find(({ name }) => name === file.branch)?.sha
  if (before === undefined) throw changelogFailure(`there is no branch ${file.branch.slice(0, 100)}`)
  const [refusal] = await checkPush(context, project, [{ ref, before, after: before }])
  if (refusal) throw new RuleViolation('FORBIDDEN', refusal.reason)
  const after = await inTurn(context, project, async (repository) => {
    const changelog = await readChangelog(repository, before, file.path)
    const added = Buffer.from(section).toString('latin1')
    const changed = insertSection(changelog, getVersion(input.version), added)
    if (changed === null) return before
    return writeCommit(repository, before, { ...file, content: Buffer.from(changed, 'latin1') })
  })
  if (after === null) throw changelogFailure('something that is no file is in the place of the file')
  if (after === before) return 'done'
  const change = { ref, before, after }
  const move = () => inTurn(context, project, (repository) => moveRef(repository, change))
  const outcome = await pushRefs(context, project, [change], move, (made) => made === 'moved')
  return outcome === 'done' ? 'done' : null
}

/** Commits the section to a file of a branch, like a push does. The viewer may write to the repository. */
export async function writeChangelog(context: Context, project: Project, input: ChangelogWrite): Promise<void> {
  const path = input.file || 'CHANGELOG.md'
  if (!isWritablePath(path)) throw invalid('file should be a valid file path')
  const section = await changelogOf(context, project, { ...input, to: input.to || input.branch })
  const branch = await branchOf(context, project, input.branch)
  const message = input.message || changelogMessage(input.version)
  const file = { branch, path, content: Buffer.alloc(0), message, author: taggerOf(context) }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await tryToWrite(context, project, { input, file, section })) return
  }
  throw unavailable('Others push to the branch all the time: try again later', 1)
}
