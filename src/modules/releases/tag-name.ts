import { parse, type SemVer } from 'semver'

/** Where a version may begin: at the start or after a separator, behind letters such as `v` or `go`. */
const START = /(?:^|[^0-9A-Za-z.+])(?:[A-Za-z]*)(?=\d)/g

/** A longer one is none to the parser, which would have to say so at each place of a long tag. */
const MAX_VERSION_CHARACTERS = 256

/** The SemVer 2.0.0 version that a tag ends with: `v1.10.0`, `app-1.2.3`, `lib/v1.0.0-rc.2`. The earliest that fits wins. */
export function versionOf(tag: string): SemVer | null {
  for (const match of tag.matchAll(START)) {
    const start = match.index + match[0].length
    const version = tag.length - start > MAX_VERSION_CHARACTERS ? null : parse(tag.slice(start))
    if (version) return version
  }
  return null
}

/** Digits behind their count (a version has at most 256 characters): compared as text, they compare as numbers. */
const sortableNumber = (digits: string | number) => `${String(digits).length.toString().padStart(3, '0')}${digits}`

/** Numbers sort before words, and fewer identifiers before more: a blank is below every character they may hold. */
const sortableIdentifier = (identifier: string | number) =>
  /^\d+$/.test(String(identifier)) ? `0${sortableNumber(identifier)} ` : `1${identifier} `

/** A release sorts after its prereleases: `~` is above every character they begin with. */
const RELEASE = '~'

export type VersionKey = { semverKey: string; prerelease: boolean }

/** Keys compare byte by byte as their versions do in SemVer; '' when the tag holds no version. */
export function versionKeyOf(tag: string): VersionKey {
  const version = versionOf(tag)
  if (!version) return { semverKey: '', prerelease: false }
  const numbers = [version.major, version.minor, version.patch].map(sortableNumber).join('')
  const prerelease = version.prerelease.map(sortableIdentifier).join('')
  return { semverKey: numbers + (prerelease || RELEASE), prerelease: prerelease !== '' }
}
