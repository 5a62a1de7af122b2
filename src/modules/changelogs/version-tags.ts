import { runInNewContext } from 'node:vm'
import { compare, parse, type SemVer } from 'semver'
import type { TagRef } from '../../git/tags.ts'
import { changelogFailure } from './changelog-failure.ts'

/** A SemVer version with or without a leading `v`; null for anything else. */
export const parseVersion = (text: string): SemVer | null => (/^v?\d/.test(text) ? parse(text) : null)

type Groups = { major?: string; minor?: string; patch?: string; pre?: string; meta?: string }

/** Milliseconds. A pattern of a project may take time without end for a single name. */
const MAX_MATCHING = 100

/** The groups of each name that matches. Runs in a context of its own, because a script there can be ended. */
function groupsOf(pattern: string, names: readonly string[]): (Groups | null)[] {
  // Ruby's names for the beginning and the end of a text.
  const source = pattern.replace(/\\A/g, '^').replace(/\\[zZ]/g, '$')
  try {
    const script = 'JSON.stringify(JSON.parse(names).map((name) => new RegExp(source).exec(name)?.groups ?? null))'
    const found = runInNewContext(script, { source, names: JSON.stringify(names) }, { timeout: MAX_MATCHING })
    return JSON.parse(String(found))
  } catch (error) {
    // The error comes from the other context, and is no instance of our `Error`.
    const { code } = error as { code?: unknown }
    const isSlow = code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    throw changelogFailure(`tag_regex ${isSlow ? 'takes too long' : 'is no regular expression'}`)
  }
}

const versionIn = ({ major, minor, patch, pre, meta }: Groups) =>
  parse(`${major}.${minor}.${patch}${pre ? `-${pre}` : ''}${meta ? `+${meta}` : ''}`)

function versionsOf(names: readonly string[], pattern: string | null): (SemVer | null)[] {
  if (pattern === null) return names.map(parseVersion)
  return groupsOf(pattern, names).map((groups) => groups && versionIn(groups))
}

/** The tag of the highest stable version below the given one. */
export function stableTagBelow(tags: readonly TagRef[], version: SemVer, pattern: string | null): TagRef | null {
  const versions = versionsOf(
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
