import { randomUUID } from 'node:crypto'
import { cpSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { runGit } from '../../src/git/git.ts'
import { initRepository } from '../../src/git/mirror-repository.ts'

/** The time of commit 0, 2024-01-01T00:00:00Z in seconds. Commit n is written n hours later. */
const START = 1_704_067_200
const HOUR = 3600
/** Seconds after that time. Each kind has a time of its own, so that the tests notice when one is taken for another. */
const AFTER = { author: 0, committer: 600, tagger: 1200 }

export const author = { name: 'Ada Example', email: 'ada@example.com' }
const committer = { name: 'Ben Example', email: 'ben@example.com' }

/** `commit` is the place of the target among the commits, by default the last one. A message makes the tag annotated. */
type TagSpec = { name: string; commit?: number; message?: string }
type BranchSpec = { name: string; commit?: number }

export type RepositorySpec = {
  /** The number of commits, or the message of each. All are on the branch `main`. */
  commits?: number | readonly string[]
  tags?: readonly (string | TagSpec)[]
  branches?: readonly (string | BranchSpec)[]
}

export type TestRepository = {
  dir: string
  /** The oldest commit comes first. */
  commits: string[]
  /** The commit of each tag, by name. */
  tags: Record<string, string>
}

/** A folder that is removed when the test has finished. */
export async function temporaryDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'waybill-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }))
  return dir
}

const identity = (role: keyof typeof AFTER, { name, email }: typeof author, at: number) =>
  `${role} ${name} <${email}> ${START + at * HOUR + AFTER[role]} +0000\n`

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`

function commitStream(message: string, at: number): string {
  const people = identity('author', author, at) + identity('committer', committer, at)
  // Without `from`, fast-import goes on from the branch's last commit of the same stream.
  return `commit refs/heads/main\nmark :${at + 1}\n${people}${data(message)}M 100644 inline file.txt\n${data(`${at}\n`)}\n`
}

function tagStream({ name, commit, message }: Required<Pick<TagSpec, 'name' | 'commit'>> & TagSpec): string {
  if (message === undefined) return `reset refs/tags/${name}\nfrom :${commit + 1}\n\n`
  return `tag ${name}\nfrom :${commit + 1}\n${identity('tagger', author, commit)}${data(message)}`
}

/** Writes a bare repository with git in one stream. */
async function write(dir: string, { commits = 1, tags = [], branches = [] }: RepositorySpec): Promise<TestRepository> {
  const messages = typeof commits === 'number' ? Array.from({ length: commits }, (_, at) => `Commit ${at}\n`) : commits
  const last = messages.length - 1
  const named = <Ref extends { name: string; commit?: number }>(ref: string | Ref) =>
    typeof ref === 'string' ? { name: ref, commit: last } : { commit: last, ...ref }
  const allTags = tags.map((tag) => named<TagSpec>(tag))

  const input = [
    ...messages.map(commitStream),
    ...branches
      .map((branch) => named<BranchSpec>(branch))
      .map(({ name, commit }) => `reset refs/heads/${name}\nfrom :${commit + 1}\n\n`),
    ...allTags.map(tagStream),
    ...messages.map((_, at) => `get-mark :${at + 1}\n`),
    'done\n',
  ].join('')
  await initRepository(dir)
  const shas = (await runGit(dir, ['-c', 'core.fsync=none', 'fast-import', '--quiet', '--done'], { input }))
    .split('\n')
    .slice(0, -1)
  return { dir, commits: shas, tags: Object.fromEntries(allTags.map(({ name, commit }) => [name, shas[commit] ?? ''])) }
}

const written = new Map<string, Promise<TestRepository>>()

/**
 * The repository from which others with the same content are copied, because a start of git from a process this large takes 50
 * ms.
 */
function original(spec: RepositorySpec): Promise<TestRepository> {
  const key = JSON.stringify(spec)
  const found = written.get(key) ?? write(join(inject('scratch'), 'repositories', randomUUID()), spec)
  written.set(key, found)
  return found
}

/** Makes a real bare repository, with the same object IDs each time. */
export async function createRepository(dir: string, spec: RepositorySpec = {}): Promise<TestRepository> {
  const from = await original(spec)
  // `cp` takes ten times as long as this call.
  cpSync(from.dir, dir, { recursive: true })
  return { ...from, dir }
}

export async function createTemporaryRepository(spec: RepositorySpec = {}): Promise<TestRepository> {
  return createRepository(join(await temporaryDirectory(), 'repository.git'), spec)
}
