import { html, raw } from 'hono/html'
import type { z } from 'zod'
import type { ShownReleaseFragment } from '../../../generated/documents.ts'
import { type ReleaseBody, toRelease } from '../../rest/releases/present-release.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

/** A release as REST shows it to the same viewer. What is hidden there is absent here. */
type Release = z.output<typeof ReleaseBody> & {
  /** Whether it is the latest stable release. */
  isLatest: boolean
  /** Where the tag's page is. */
  tagUrl: string | null
  /** Null when the viewer may not delete it. */
  deleteUrl: string | null
  /** Bytes by the number of the link, as far as they are known. */
  sizes: ReadonlyMap<number, number>
}

export type Around = {
  baseUrl: string
  /** Whether the session of the viewer may write. */
  writes: boolean
  project: { latest: { permanentUrl: string } | null; may: { deletes: boolean } }
}

export function toShown(shown: ShownReleaseFragment, { baseUrl, writes, project }: Around): Release {
  const { permanentUrl, ...rest } = shown
  const release = toRelease(rest)
  const { edit_url: edit, ...links } = release._links
  const edits = edit !== undefined && writes
  return {
    ...release,
    _links: edits ? { ...links, edit_url: edit } : links,
    isLatest: project.latest?.permanentUrl === permanentUrl,
    tagUrl: release.tag_path === undefined ? null : `${baseUrl}${release.tag_path}`,
    deleteUrl: edits && project.may.deletes ? `${links.self}/delete` : null,
    sizes: new Map((shown.assets?.links ?? []).flatMap(({ id, size }) => (size === null ? [] : [[id, size]]))),
  }
}

export const badge = (text: string, kind = '') => html` <span class="badge ${kind}">${text}</span>`

export const badges = ({ upcoming_release, historical_release, _waybill, isLatest }: Release) => [
  upcoming_release ? badge('Upcoming') : '',
  historical_release ? badge('Historical') : '',
  _waybill?.prerelease ? badge('Pre-release') : '',
  isLatest ? badge('Latest', 'good') : '',
]

const facts = ({ released_at, author, tag_name, tagUrl, commit }: Release) => html`
<p><small>${dateOf(released_at)}${author ? html`, <a href="${author.web_url}">${author.name}</a>` : ''}${
  tagUrl === null ? '' : html`, tag <a href="${tagUrl}"><code>${tag_name}</code></a>`
}${
  commit
    ? html`, commit <a href="${commit.web_url}"><code title="${commit.id}">${commit.short_id}</code></a> ${commit.title}`
    : ''
}</small></p>`

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

function sizeText(bytes: number): string {
  const at = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  return `${(bytes / 1024 ** at).toFixed(at === 0 ? 0 : 1)} ${units[at]}`
}

const item = (url: string, name: string, bytes?: number) =>
  html`<li><a href="${url}" rel="noreferrer">${name}</a>${
    bytes === undefined ? '' : html` <small>${sizeText(bytes)}</small>`
  }</li>`

const kinds = { package: 'Packages', image: 'Images', runbook: 'Runbooks', other: 'Other' } as const

/** Links by their type, then the source archives. */
function assets({ assets: { count, sources = [], links }, sizes }: Release): Markup | string {
  const groups = Object.entries(kinds).map(([type, title]) => ({
    title,
    items: links
      .filter(({ link_type }) => link_type === type)
      .map(({ id, name, direct_asset_url }) => item(direct_asset_url, name, sizes.get(id))),
  }))
  const archives = sources.map(({ url, format }) => item(url, `Source code (${format})`))
  const filled = [...groups, { title: 'Source code', items: archives }].filter(({ items }) => items.length > 0)
  if (filled.length === 0) return ''
  return html`<details open><summary><strong>Assets</strong> <small>${count}</small></summary>
${filled.map(({ title, items }) => html`<h3>${title} <small>${items.length}</small></h3><ul>${items}</ul>`)}</details>`
}

type Milestones = NonNullable<Release['milestones']>

const progress = ({ title, web_url, issue_stats: { closed, total } }: Milestones[number]) => html`
<li><a href="${web_url}">${title}</a> ${
  total > 0 ? html`<progress max="${total}" value="${closed}" aria-label="Progress of ${title}"></progress>` : ''
} <small>${closed} of ${total} issues closed, ${total - closed} open</small></li>`

/** The lists of issues have the tag in their addresses, so they are there only for viewers who may know it. */
function milestones({ milestones: all = [], _links: links }: Release): Markup | string {
  if (all.length === 0) return ''
  const lists = html` <a href="${links.opened_issues_url}">Open issues</a> <a href="${links.closed_issues_url}">Closed issues</a>`
  return html`<h3>Milestones</h3><ul>${all.map(progress)}</ul>${links.opened_issues_url ? html`<p>${lists}</p>` : ''}`
}

function evidence({ evidences = [] }: Release): Markup | string {
  if (evidences.length === 0) return ''
  return html`<h3>Evidence</h3><ul>${evidences.map(
    ({ filepath, sha, collected_at }) =>
      html`<li><a href="${filepath.replace(/\.json$/, '')}">Snapshot</a> <a href="${filepath}" download aria-label="Download the snapshot ${sha.slice(0, 8)}">Download</a> <small>${dateOf(collected_at)}, SHA-256 <code>${sha}</code></small> <button type="button" class="secondary" data-copy="${sha}" aria-label="Copy the digest ${sha.slice(0, 8)}" hidden>Copy</button></li>`,
  )}</ul>`
}

const actions = ({ name, deleteUrl, _links: { edit_url: edit } }: Release): Markup | string =>
  edit
    ? html`<p class="actions"><a href="${edit}" aria-label="Edit ${name}">Edit</a>${
        deleteUrl === null ? '' : html` <a href="${deleteUrl}" aria-label="Delete ${name}">Delete</a>`
      }</p>`
    : ''

/** Everything below the title. */
export const releaseContent = (release: Release) => html`
${facts(release)}${actions(release)}
${raw(release.description_html ?? '')}
${assets(release)}${milestones(release)}${evidence(release)}`

type Neighbour = { name: string; url: string }

/** The neighbours in the order of versions, and where the release is compared with the one before it. */
export type Neighbours = { previous: Neighbour | null; next: Neighbour | null; compareUrl: string | null }

const neighbours = ({ previous, next, compareUrl }: Neighbours): Markup | string =>
  previous || next
    ? html`
<nav aria-label="Versions"><ul>${previous ? html`<li>Previous: <a rel="prev" href="${previous.url}">${previous.name}</a></li>` : ''}${
        next ? html`<li>Next: <a rel="next" href="${next.url}">${next.name}</a></li>` : ''
      }${compareUrl === null ? '' : html`<li><a href="${compareUrl}">Changes since the previous version</a></li>`}</ul></nav>`
    : ''

export const releasePage = (release: Release, around: Neighbours) => html`
<h1>${release.name}</h1>
<p>${badges(release)}</p>
${releaseContent(release)}${neighbours(around)}`

/** Shows people where a link leads, so that they decide whether to go there. */
export const leavingPage = ({ name, url }: { name: string; url: string }) => html`
<h1>${name}</h1>
<p>This download is on another server, <b>${new URL(url).host}</b>:</p>
<p><a href="${url}" rel="noreferrer">${url}</a></p>`
