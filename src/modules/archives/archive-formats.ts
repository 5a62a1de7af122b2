import type { SourceFormat } from '../releases/release-urls.ts'

/** `tar.gz` stands before `gz`, because the first ending that fits counts. */
const formatByEnding: Readonly<Record<string, SourceFormat>> = {
  zip: 'zip',
  'tar.gz': 'tar.gz',
  'tar.bz2': 'tar.bz2',
  tar: 'tar',
  tgz: 'tar.gz',
  gz: 'tar.gz',
  tbz: 'tar.bz2',
  tbz2: 'tar.bz2',
  tb2: 'tar.bz2',
  bz2: 'tar.bz2',
}

export const archiveEndings = Object.keys(formatByEnding) as [string, ...string[]]

export const formatOfEnding = (ending: string): SourceFormat | null =>
  Object.hasOwn(formatByEnding, ending) ? (formatByEnding[ending] ?? null) : null

/** Splits `v1.0.0.tar.gz` into its name and its format. Null when the file has none of the endings. */
export function parseArchiveFile(file: string): { name: string; format: SourceFormat } | null {
  const ending = archiveEndings.find((ending) => file.endsWith(`.${ending}`))
  const format = ending && formatOfEnding(ending)
  return format ? { name: file.slice(0, -ending.length - 1), format } : null
}
