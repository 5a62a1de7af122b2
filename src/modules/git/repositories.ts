import { randomUUID } from 'node:crypto'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { GitError, runGit } from './git.ts'

const REFSPECS = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']

/** Without a template: its sample hooks are of no use, and a template of the user's could bring hooks that run. */
export async function initRepository(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  await runGit(dir, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main'])
}

type Source = { location: string; env: NodeJS.ProcessEnv }

/** By git's own rule a colon before any slash makes a URL. Protocols that run a command, such as `ext::`, are refused. */
function parseSource(source: string): Source {
  if (source === '' || source.startsWith('-')) {
    throw new GitError(`'${source}' is not the path or URL of a repository`, { exitCode: null, stderr: '' })
  }
  const isUrl = /^[^/]*:/.test(source)
  return isUrl
    ? { location: source, env: { GIT_ALLOW_PROTOCOL: 'http:https:ssh:git' } }
    : { location: resolve(source), env: { GIT_ALLOW_PROTOCOL: 'file' } }
}

/** Hands on whole lines; a carriage return ends one too, as git redraws its progress with it. */
function byLine(onLine: (line: string) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split(/[\r\n]/)
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') onLine(line.trim())
  }
}

type Progress = ((line: string) => void) | undefined

async function fetchInto(dir: string, { location, env }: Source, onProgress: Progress): Promise<void> {
  const how = ['--progress', '--prune', '--force', '--no-tags', '--no-write-fetch-head']
  const options = onProgress ? { env, onStderr: byLine(onProgress) } : { env }
  await runGit(dir, ['fetch', ...how, '--end-of-options', location, ...REFSPECS], options)

  const head = await runGit(dir, ['ls-remote', '--symref', '--end-of-options', location, 'HEAD'], { env })
  const [, branch] = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(head) ?? []
  if (branch !== undefined) await runGit(dir, ['symbolic-ref', 'HEAD', branch])
}

async function isRepository(dir: string): Promise<boolean> {
  return access(join(dir, 'HEAD')).then(
    () => true,
    () => false,
  )
}

/**
 * Makes the branches, tags and HEAD of `dir` those of the source, a local path or a http(s), ssh or git URL. The first
 * time a repository is made next to `dir` and moved there when it is whole. The source is not kept in its configuration,
 * as a URL may hold a password.
 */
export async function mirrorRepository(source: string, dir: string, onProgress?: Progress): Promise<void> {
  const from = parseSource(source)
  if (await isRepository(dir)) return fetchInto(dir, from, onProgress)

  const incoming = `${resolve(dir)}.incoming-${randomUUID()}`
  try {
    await initRepository(incoming)
    await fetchInto(incoming, from, onProgress)
    await rename(incoming, dir)
  } catch (error) {
    await rm(incoming, { recursive: true, force: true })
    throw error
  }
}
