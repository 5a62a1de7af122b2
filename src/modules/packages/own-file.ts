import { parseUrl } from '../../foundation/parse-url.ts'
import type { PackageFile, Project } from '../../generated/prisma/client.ts'
import { isNameOf } from '../projects/find-project.ts'
import { findPackageFile, findPackageFileById } from './find-packages.ts'
import type { PackageFileName } from './package-names.ts'

export type OwnFile = { id: number } | PackageFileName
type NamedFile = { project: string; file: OwnFile }
type Named = Pick<Project, 'id' | 'fullPath'>

const decode = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}

/** The segments of a URL after `BASE_URL`. Null for other servers, and for URLs that only look like URLs of this server. */
function segmentsBehind(baseUrl: string, url: string): string[] | null {
  const [base, given] = [new URL(baseUrl), parseUrl(url)]
  const root = base.pathname.replace(/\/*$/, '/')
  if (given?.origin !== base.origin || given.username || given.password || !given.pathname.startsWith(root)) return null
  const segments = given.pathname.slice(root.length).split('/').map(decode)
  // PostgreSQL does not store NUL.
  return segments.every((segment) => segment !== null && !segment.includes('\0')) ? (segments as string[]) : null
}

/** `/api/v4/projects/:id/packages/generic/:name/:version/:file` */
function namedInRest(segments: readonly string[]): NamedFile | null {
  const [api, version, projects, project = '', packages, generic, packageName, packageVersion, ...file] = segments
  const isRoute = [api, version, projects, packages, generic].join('/') === 'api/v4/projects/packages/generic'
  if (!isRoute || !packageName || !packageVersion || file.length === 0) return null
  return { project, file: { packageName, packageVersion, fileName: file.join('/') } }
}

/** `/:project/-/package_files/:id/download` */
function numberedFile(segments: readonly string[]): NamedFile | null {
  const end = segments.indexOf('-')
  const [area, id = '', action, ...rest] = segments.slice(end + 1)
  const isRoute = end > 0 && area === 'package_files' && action === 'download' && rest.length === 0
  return isRoute && /^\d{1,9}$/.test(id)
    ? { project: segments.slice(0, end).join('/'), file: { id: Number(id) } }
    : null
}

/** The file that a URL of this server names. */
export function fileNamedIn(url: string, baseUrl: string): NamedFile | null {
  const segments = segmentsBehind(baseUrl, url)
  return segments && (namedInRest(segments) ?? numberedFile(segments))
}

/**
 * The file of the project's own packages that a URL names. A file has two URLs here, and keeps those that it had before its project
 * moved. Null when the URL is none of them.
 */
export async function ownFileIn(url: string, baseUrl: string, project: Named): Promise<OwnFile | null> {
  const named = fileNamedIn(url, baseUrl)
  return named && (await isNameOf(project, named.project)) ? named.file : null
}

/** Does not check the viewer, because whoever sees the link that names the file may download the file. */
export const findOwnFile = (project: Project, named: OwnFile): Promise<PackageFile | null> =>
  'id' in named ? findPackageFileById(project, named.id) : findPackageFile(project, named)
