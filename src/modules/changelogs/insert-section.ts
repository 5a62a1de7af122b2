import { compareBuild, type SemVer } from 'semver'
import { parseVersion } from './version-tags.ts'

type Heading = { at: number; version: SemVer }

function headingsOf(changelog: string): Heading[] {
  return [...changelog.matchAll(/^##[ \t]+(\S+)/gm)].flatMap((match) => {
    const version = parseVersion(match[1] ?? '')
    return version ? [{ at: match.index, version }] : []
  })
}

/**
 * Puts the section before the heading of the highest older version, or else at the end. Null when the changelog has a heading for
 * the version. All texts have one character a byte, because the file may hold any bytes.
 */
export function insertSection(changelog: string, version: SemVer, section: string): string | null {
  const headings = headingsOf(changelog)
  if (headings.some((heading) => compareBuild(heading.version, version) === 0)) return null
  const older = headings.filter((heading) => compareBuild(heading.version, version) < 0)
  const [before] = older.toSorted((a, b) => compareBuild(b.version, a.version))
  if (before) return `${changelog.slice(0, before.at)}${section}\n${changelog.slice(before.at)}`
  return changelog.trim() === '' ? section : `${changelog.trimEnd()}\n\n${section}`
}
