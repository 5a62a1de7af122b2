// A repository as one pack and a list of refs. Unreachable objects are in the pack as well, because a release or evidence may name
// them; a bundle of git would leave them out, and cannot be made of an empty repository.
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import type { Hmac } from 'node:crypto'
import { PassThrough, type Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { endOf, gitFailure, runGit, spawnGit } from './git.ts'
import { initRepository } from './mirror-repository.ts'

/** Bytes. More than any real list of refs, and less than would exhaust the process. */
const MAX_LIST_BYTES = 256 * 1024 ** 2
const MAX_MEMORY = 1024 ** 3
/** One thread and little memory, because the server goes on serving meanwhile. */
const MODEST = ['-c', 'pack.threads=1', '-c', 'pack.windowMemory=64m', '-c', 'pack.deltaCacheSize=32m']

/** The object of each ref, by full name. A ref whose object is missing is left out. */
export async function listRefs(repository: string, below = 'refs/'): Promise<Map<string, string>> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', below]
  const list = await runGit(repository, args, { maxBuffer: MAX_LIST_BYTES, yields: true })
  const lines = list.split('\n').filter(Boolean)
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]))
}

/** The IDs among these of which the repository has the object. */
export async function existingObjects(repository: string, ids: Iterable<string>): Promise<Set<string>> {
  const input = [...new Set(ids)].map((id) => `${id}\n`).join('')
  const args = ['cat-file', '--buffer', '--batch-check=%(objectname)']
  const answers = input && (await runGit(repository, args, { input, maxBuffer: MAX_LIST_BYTES, yields: true }))
  return new Set(answers.split('\n').filter((line) => line && !line.endsWith(' missing')))
}

const listObjects = (repository: string) =>
  spawnGit(repository, ['cat-file', '--batch-all-objects', '--buffer', '--batch-check=%(objectname)'], {
    yields: true,
  })

async function succeed(command: string, git: ChildProcessWithoutNullStreams): Promise<void> {
  const end = await endOf(git)
  if (end.exitCode !== 0) throw gitFailure(command, end)
}

/** Adds the IDs of all objects, in their order. Returns whether there are any. */
export async function hashObjects(repository: string, hash: Hmac): Promise<boolean> {
  const git = listObjects(repository)
  const ended = succeed('cat-file', git)
  let isEmpty = true
  git.stdout.on('data', (ids: Buffer) => {
    isEmpty = false
    hash.update(ids)
  })
  await ended
  return !isEmpty
}

/** One pack of all objects. Deltas that are there are used again. The stream fails with a GitError. */
export function packObjects(repository: string): Readable {
  const list = listObjects(repository)
  const args = [...MODEST, 'pack-objects', '--stdout', '--delta-base-offset', '-q']
  const pack = spawnGit(repository, args, { maxMemory: MAX_MEMORY, yields: true })
  const out = new PassThrough()
  const ended = Promise.all([succeed('cat-file', list), succeed('pack-objects', pack)])
  // Its exit code says more than the broken pipe.
  pack.stdin.on('error', () => list.kill())
  list.stdout.pipe(pack.stdin)
  pack.stdout.pipe(out, { end: false })
  ended.then(
    () => out.end(),
    (error) => out.destroy(error),
  )
  out.once('close', () => {
    list.kill()
    pack.kill()
  })
  return out
}

/** Makes a new repository with the objects of a pack, which git verifies. */
export async function unpackObjects(repository: string, pack: Readable): Promise<void> {
  await initRepository(repository)
  const git = spawnGit(repository, ['index-pack', '--stdin', '--threads=1'], { maxMemory: MAX_MEMORY, yields: true })
  git.stdout.resume()
  // How git ends says more than the broken pipe.
  git.stdin.on('error', () => undefined)
  finished(pack).catch(() => git.stdin.destroy())
  pack.pipe(git.stdin)
  try {
    await succeed('index-pack', git)
  } catch (error) {
    throw pack.errored ?? error
  } finally {
    // Git knows where a pack ends, and may end before the stream has noticed its own end.
    pack.destroy()
  }
}

/** Makes the refs, whose objects must be there, and points HEAD to a branch, which need not be there. */
export async function writeRefs(
  repository: string,
  { head, refs }: { head: string | null; refs: Iterable<readonly [string, string]> },
): Promise<void> {
  const input = [...refs].map(([ref, object]) => `create ${ref} ${object}\n`).join('')
  if (input) await runGit(repository, ['update-ref', '--stdin'], { input })
  if (head !== null) await runGit(repository, ['symbolic-ref', 'HEAD', `refs/heads/${head}`])
}
