import { invalid } from '../foundation/errors.ts'
import { matchesTag } from '../modules/protected-tags/matches.ts'
import type { Link, Release } from './releases.ts'
import { printable } from './server-connection.ts'

/** A file to download, and the name under which to save it. */
export type WantedFile = { name: string; fileName: string; url: string; link: Link | null }

export type Choice = { name?: string | undefined; sources?: string | undefined }

/** By default only these types of links are saved, because runbooks and images are usually pages. */
const FILE_TYPES = ['PACKAGE', 'OTHER']

const NO_FILE_NAME = /^\.{0,2}$|[/\\\p{Cc}]/u

const lastSegment = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** A plain name that cannot lead out of the folder, from the permanent path, the URL or the link's name. */
function fileNameOf({ directAssetPath, url, name }: Pick<Link, 'directAssetPath' | 'url' | 'name'>): string {
  const candidates = [lastSegment(directAssetPath ?? ''), decoded(lastSegment(new URL(url).pathname))]
  const found = candidates.find((candidate) => !NO_FILE_NAME.test(candidate))
  const plainName = name.replace(/[/\\\p{Cc}]/gu, '-').replace(/^\.+/, '')
  return found ?? (plainName || '-')
}

export const wantedLink = (link: Link): WantedFile => ({
  name: link.name,
  fileName: fileNameOf(link),
  url: link.directAssetUrl,
  link,
})

function chosenLinks(release: Release, pattern: string | undefined): WantedFile[] {
  if (pattern === undefined) {
    return release.links.filter(({ linkType }) => FILE_TYPES.includes(linkType)).map(wantedLink)
  }
  const files = release.links.map(wantedLink)
  const chosen = files.filter(({ name, fileName }) => matchesTag(pattern, name) || matchesTag(pattern, fileName))
  if (chosen.length > 0) return chosen
  const names = files.map(({ name }) => `'${printable(name)}'`).join(', ') || 'none'
  throw invalid(`No link of the release ${printable(release.name)} is called '${pattern}'. It has: ${names}`)
}

function chosenSource({ sources, name }: Release, format: string | undefined): WantedFile[] {
  if (format === undefined) return []
  const source = sources.find((candidate) => candidate.format === format)
  if (!source)
    throw invalid(`The release ${printable(name)} shows no ${format} of its sources: they need access to the code`)
  const fileName = fileNameOf({ directAssetPath: null, url: source.url, name: `source.${format}` })
  return [{ name: `Source code (${format})`, fileName, url: source.url, link: null }]
}

function assertDistinct(files: readonly WantedFile[]): void {
  const byFile = new Map<string, WantedFile>()
  for (const file of files) {
    // Some file systems ignore letter case and Unicode composition.
    const key = file.fileName.normalize('NFC').toLowerCase()
    const other = byFile.get(key)
    if (other) {
      const names = `'${printable(other.name)}' and '${printable(file.name)}'`
      throw invalid(
        `${names} would both be saved as ${file.fileName}: fetch one at a time, with --name and a --directory`,
      )
    }
    byFile.set(key, file)
  }
}

/** The chosen files of a release. Throws when the choice finds nothing. */
export function wantedFiles(release: Release, { name, sources }: Choice): WantedFile[] {
  const files = [...chosenLinks(release, name), ...chosenSource(release, sources)]
  if (files.length === 0)
    throw invalid(`The release ${printable(release.name)} has no files. Its source code: --sources zip`)
  assertDistinct(files)
  return files
}
