import type { Context } from '../../context/context.ts'
import { projectUrl } from '../projects/project-url.ts'
import type { ReleaseNode } from './release-loaders.ts'

/** What stays as it is in a URL, as nearly all tags do: a page has hundreds of URLs. */
const PLAIN = /^[\w.-]*$/

/** A tag as one segment of a path: its slashes are encoded. */
const segment = (text: string) => (PLAIN.test(text) ? text : encodeURIComponent(text))

/** Slashes stay. */
export const encodedPath = (text: string) =>
  PLAIN.test(text) ? text : text.split('/').map(encodeURIComponent).join('/')

/** The release's page, named by its tag. */
export const releaseUrl = (context: Context, release: ReleaseNode) =>
  `${projectUrl(context, release.project)}/-/releases/${segment(release.tag)}`

/** The same page for viewers who may not learn the tag. */
export const maskedReleaseUrl = (context: Context, release: ReleaseNode) =>
  `${projectUrl(context, release.project)}/-/releases/id/${release.id}`

export const tagPath = (release: ReleaseNode) => `/${release.project.fullPath}/-/tags/${segment(release.tag)}`

/** The project's issues or merge requests that belong to the release. */
export const filteredUrl = (
  context: Context,
  release: ReleaseNode,
  list: 'issues' | 'merge_requests',
  state: 'opened' | 'closed' | 'merged',
) => `${projectUrl(context, release.project)}/-/${list}?release_tag=${segment(release.tag)}&scope=all&state=${state}`

export const sourceFormats = ['zip', 'tar.gz', 'tar.bz2', 'tar'] as const
export type SourceFormat = (typeof sourceFormats)[number]

/** The archive's folder keeps the tag's slashes, its file name has dashes instead. */
export function sourceUrl(context: Context, release: ReleaseNode, format: SourceFormat): string {
  const name = `${release.project.path}-${release.tag.replaceAll('/', '-')}.${format}`
  return `${projectUrl(context, release.project)}/-/archive/${encodedPath(release.tag)}/${segment(name)}`
}

/** Behind the release's page. */
export const NEWEST_EVIDENCE = 'evidence.json'

export const evidenceUrl = (context: Context, release: ReleaseNode, evidence: { id: number }) =>
  `${releaseUrl(context, release)}/evidences/${evidence.id}.json`

/** Of the newest evidence. */
export const newestEvidenceUrl = (context: Context, release: ReleaseNode) =>
  `${releaseUrl(context, release)}/${NEWEST_EVIDENCE}`
