import { Worker } from 'node:worker_threads'
import { compare, parse, type SemVer } from 'semver'
import type { TagRef } from '../../git/tags.ts'
import { changelogFailure } from './changelog-failure.ts'

/** A SemVer version with or without a leading `v`; null for anything else. */
export const parseVersion = (text: string): SemVer | null => (/^v?\d/.test(text) ? parse(text) : null)

type Groups = { major?: string; minor?: string; patch?: string; pre?: string; meta?: string }

/** Milliseconds, because a project's pattern may take forever on a single name. */
const MAX_MATCHING = 500

const MATCH = `
  const { parentPort, workerData: { source, names } } = require('node:worker_threads')
  const pattern = new RegExp(source)
  parentPort.postMessage(names.map((name) => ({ ...pattern.exec(name)?.groups })))`

/** The groups of each name; none where it does not match. Runs in a thread, which can be ended while the server answers others. */
function groupsOf(pattern: string, names: readonly string[]): Promise<Groups[]> {
  // Ruby's names for the beginning and the end of a text.
  const source = pattern.replace(/\\A/g, '^').replace(/\\[zZ]/g, '$')
  const thread = new Worker(MATCH, { eval: true, workerData: { source, names } })
  let deadline: NodeJS.Timeout
  return new Promise<Groups[]>((resolve, reject) => {
    thread.once('online', () => (deadline = setTimeout(() => void thread.terminate(), MAX_MATCHING)))
    thread.once('message', resolve)
    thread.once('error', () => reject(changelogFailure('tag_regex is no regular expression')))
    thread.once('exit', () => reject(changelogFailure('tag_regex takes too long')))
  }).finally(() => clearTimeout(deadline))
}

const versionIn = ({ major, minor, patch, pre, meta }: Groups) =>
  parse(`${major}.${minor}.${patch}${pre ? `-${pre}` : ''}${meta ? `+${meta}` : ''}`)

async function versionsOf(names: readonly string[], pattern: string | null): Promise<(SemVer | null)[]> {
  return pattern === null ? names.map(parseVersion) : (await groupsOf(pattern, names)).map(versionIn)
}

/** The tag of the highest stable version below the given one. */
export async function stableTagBelow(
  tags: readonly TagRef[],
  version: SemVer,
  pattern: string | null,
): Promise<TagRef | null> {
  const versions = await versionsOf(
    tags.map(({ name }) => name),
    pattern,
  )
  let found: { tag: TagRef; version: SemVer } | null = null
  for (const [at, tag] of tags.entries()) {
    const candidate = versions[at]
    if (!candidate || candidate.prerelease.length > 0 || compare(candidate, version) >= 0) continue
    if (!found || compare(candidate, found.version) > 0) found = { tag, version: candidate }
  }
  return found?.tag ?? null
}
