import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { projectUrl } from '../projects/project-url.ts'
import type { ReleaseNode } from './release-loaders.ts'

type Base = Pick<Context, 'baseUrl'>
type Named = { tag: string; project: Pick<Project, 'fullPath' | 'path'> }

/** A text that needs no encoding. Nearly all tags are like that, and a page has hundreds of URLs. */
const PLAIN = /^[\w.-]*$/

/** A tag as one segment of a path. Slashes are encoded. */
export const segment = (text: string) => (PLAIN.test(text) ? text : encodeURIComponent(text))

/** A text as several segments of a path. Slashes stay. */
export const encodedPath = (text: string) =>
  PLAIN.test(text) ? text : text.split('/').map(encodeURIComponent).join('/')

export const releaseUrl = (context: Base, release: Named) =>
  `${projectUrl(context, release.project)}/-/releases/${segment(release.tag)}`

/** The URL of the same page for viewers who may not see the tag. */
export const maskedReleaseUrl = (context: Context, release: ReleaseNode) =>
  `${projectUrl(context, release.project)}/-/releases/id/${release.id}`

export const tagPath = (release: ReleaseNode) => `/${release.project.fullPath}/-/tags/${segment(release.tag)}`

/** The URL of the project's issues or merge requests that belong to the release. */
export const filteredUrl = (
  context: Context,
  release: ReleaseNode,
  list: 'issues' | 'merge_requests',
  state: 'opened' | 'closed' | 'merged',
) => `${projectUrl(context, release.project)}/-/${list}?release_tag=${segment(release.tag)}&scope=all&state=${state}`

export const sourceFormats = ['zip', 'tar.gz', 'tar.bz2', 'tar'] as const
export type SourceFormat = (typeof sourceFormats)[number]

/** In the folder of the URL the slashes of the tag stay. In the name of the file they are dashes. */
export function sourceUrl(context: Base, release: Named, format: SourceFormat): string {
  const name = `${release.project.path}-${release.tag.replaceAll('/', '-')}.${format}`
  return `${projectUrl(context, release.project)}/-/archive/${encodedPath(release.tag)}/${segment(name)}`
}

/** Follows the URL of the release's page. */
export const NEWEST_EVIDENCE = 'evidence.json'

export const evidenceUrl = (context: Context, release: ReleaseNode, evidence: { id: number }) =>
  `${releaseUrl(context, release)}/evidences/${evidence.id}.json`

export const newestEvidenceUrl = (context: Context, release: ReleaseNode) =>
  `${releaseUrl(context, release)}/${NEWEST_EVIDENCE}`
