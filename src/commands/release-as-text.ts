import type { Draft } from '../client/drafts.ts'
import type { Link, Release } from '../client/releases.ts'
import { printable } from '../client/server-connection.ts'

const titleWithTag = ({ name, tagName }: Release) =>
  tagName === null || tagName === name ? name : `${name} (${tagName})`

const dateOf = ({ releasedAt, upcomingRelease }: Release) => `${releasedAt}${upcomingRelease ? ', upcoming' : ''}`

/** A line about what was done to a release, and the address of its page. */
export const doneLine = (verb: string, release: Release) =>
  printable(`${verb} release ${titleWithTag(release)}${release.selfUrl === null ? '' : `\n${release.selfUrl}`}`)

export const listLine = (release: Release) =>
  printable(
    [release.tagName ?? release.name, dateOf(release), release.tagName === null ? '' : release.name].join('\t').trim(),
  )

export const linkLine = ({ name, linkType, directAssetUrl }: Link) =>
  printable(`${name} (${linkType.toLowerCase()}) ${directAssetUrl}`)

export const draftLine = ({ tagName, name, releasedAt }: Draft) =>
  printable([tagName, releasedAt ?? 'when it is published', name].join('\t'))

export const draftDoneLine = (verb: string, { tagName }: Draft) => printable(`${verb} the draft of release ${tagName}`)

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)]

const fact = (name: string, value: string | null | undefined) => (value ? [`${`${name}:`.padEnd(12)}${value}`] : [])

export function fullText(release: Release): string {
  const { author, commit, milestones, links, sources, evidences, description } = release
  return printable(
    [
      titleWithTag(release),
      ...fact('Released', dateOf(release)),
      ...fact('Author', author?.name),
      ...fact('Commit', commit && `${commit.sha} ${commit.title ?? ''}`.trim()),
      ...fact('Milestones', milestones.join(', ')),
      ...fact('Page', release.selfUrl),
      ...section('Links', links.map(linkLine)),
      ...section(
        'Sources',
        sources.map(({ url }) => url),
      ),
      ...section(
        'Evidence',
        evidences.map(({ sha, filepath }) => `${sha} ${filepath}`),
      ),
      ...(description ? ['', description.trimEnd()] : []),
    ].join('\n'),
  )
}
