import { parse, type SemVer } from 'semver'

/** Where a version may begin: at the start of the tag or after a separator. Letters such as `v` or `go` may precede it. */
const START = /(?:^|[^0-9A-Za-z.+])(?:[A-Za-z]*)(?=\d)/g

/** The parser accepts no longer version. We do not ask it, because it would have to refuse at each place of a long tag. */
const MAX_VERSION_CHARACTERS = 256

/**
 * The SemVer 2.0.0 version at the end of a tag: `v1.10.0`, `app-1.2.3`, `lib/v1.0.0-rc.2`. The version that begins first counts.
 */
export function versionOf(tag: string): SemVer | null {
  for (const match of tag.matchAll(START)) {
    const start = match.index + match[0].length
    const version = tag.length - start > MAX_VERSION_CHARACTERS ? null : parse(tag.slice(start))
    if (version) return version
  }
  return null
}

/** Puts the number of digits before the digits (a version has at most 256), so that numbers compare correctly as texts. */
const sortableNumber = (digits: string | number) => `${String(digits).length.toString().padStart(3, '0')}${digits}`

/**
 * Numbers sort before words, and fewer identifiers before more, because a blank sorts before every character of an identifier.
 */
const sortableIdentifier = (identifier: string | number) =>
  /^\d+$/.test(String(identifier)) ? `0${sortableNumber(identifier)} ` : `1${identifier} `

/** A release sorts after its prereleases, because `~` sorts after every character that a prerelease begins with. */
const RELEASE = '~'

export type VersionKey = { semverKey: string; prerelease: boolean }

/** Keys compare byte by byte like their versions compare in SemVer. The key is '' when the tag has no version. */
export function versionKeyOf(tag: string): VersionKey {
  const version = versionOf(tag)
  if (!version) return { semverKey: '', prerelease: false }
  const numbers = [version.major, version.minor, version.patch].map(sortableNumber).join('')
  const prerelease = version.prerelease.map(sortableIdentifier).join('')
  return { semverKey: numbers + (prerelease || RELEASE), prerelease: prerelease !== '' }
}
