import { randomUUID } from 'node:crypto'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { GitError, runGit } from './git.ts'
import type { GitSource } from './remote-repository.ts'

/** Branches follow the source. A tag that disappears from the source stays, because its release stays. */
const FETCHES = [
  ['--prune', '+refs/heads/*:refs/heads/*'],
  ['--no-prune', '+refs/tags/*:refs/tags/*'],
] as const

/** Bytes. More than any real list of tags, and less than would exhaust the process. */
const MAX_LIST_BYTES = 256 * 1024 ** 2

/** The folder is named by the project's ID, because a project may be renamed and its ID stays. */
export const repositoryDirectory = (root: string, id: number) => join(root, `${id}.git`)

/** Uses no template, because the user's template could contain hooks, which git would run. */
export async function initRepository(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await runGit(dir, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main'])
}

/** Like git, takes a source with a colon before any slash as a URL. Refuses protocols that run a command, such as `ext::`. */
function parseSource(source: string): GitSource {
  if (source === '' || source.startsWith('-')) {
    throw new GitError(`'${source}' is not the path or URL of a repository`, { exitCode: null, stderr: '' })
  }
  const isUrl = /^[^/]*:/.test(source)
  return isUrl
    ? { location: source, env: { GIT_ALLOW_PROTOCOL: 'http:https:ssh:git' } }
    : { location: resolve(source), env: { GIT_ALLOW_PROTOCOL: 'file' } }
}

/** Passes on whole lines. A carriage return also ends a line, because git redraws its progress with it. */
function byLine(onLine: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split(/[\r\n]/)
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') onLine(line.trim())
  }
}

type Progress = ((line: string) => void) | undefined

async function fetchInto(dir: string, { location, ...how }: GitSource, onProgress: Progress): Promise<string[]> {
  // Git's own maintenance would remove objects that no ref leads to any more.
  const flags = ['--no-auto-maintenance', '--progress', '--force', '--no-tags', '--no-write-fetch-head']
  const options = onProgress ? { ...how, onStderr: byLine(onProgress) } : how
  for (const [prune, refspec] of FETCHES) {
    await runGit(dir, ['fetch', ...flags, prune, '--end-of-options', location, refspec], options)
  }

  const list = ['ls-remote', '--symref', '--end-of-options', location, 'HEAD', 'refs/tags/*']
  const refs = await runGit(dir, list, { ...how, maxBuffer: MAX_LIST_BYTES })
  const [, branch] = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(refs) ?? []
  if (branch !== undefined) await runGit(dir, ['symbolic-ref', 'HEAD', branch])
  // Git lists an annotated tag twice, the second time as `<name>^{}`.
  return [...refs.matchAll(/\trefs\/tags\/([^\n^]+)$/gm)].map(([, name = '']) => name)
}

async function isRepository(dir: string): Promise<boolean> {
  return access(join(dir, 'HEAD')).then(
    () => true,
    () => false,
  )
}

/**
 * Fetches the branches, tags and HEAD of the source into `dir`. The source is a local path or an http(s), ssh or git URL. Tags
 * that the source lacks stay. Returns the names of the source's tags. The first fetch goes into a new repository beside `dir`,
 * which is moved to `dir` when it is complete. The configuration does not store the source, because its URL may hold a password.
 */
export async function mirrorRepository(
  source: string | GitSource,
  dir: string,
  onProgress?: Progress,
): Promise<string[]> {
  const from = typeof source === 'string' ? parseSource(source) : source
  if (await isRepository(dir)) return fetchInto(dir, from, onProgress)

  const incoming = `${resolve(dir)}.incoming-${randomUUID()}`
  try {
    await initRepository(incoming)
    const tags = await fetchInto(incoming, from, onProgress)
    await rename(incoming, dir)
    return tags
  } catch (error) {
    await rm(incoming, { recursive: true, force: true })
    throw error
  }
}
