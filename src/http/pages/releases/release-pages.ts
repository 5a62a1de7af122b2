import { html, raw } from 'hono/html'
import type { z } from 'zod'
import type { ReleaseBody } from '../../rest/releases/present-release.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

/** A release as REST shows it to the same viewer. What is hidden there is absent here. */
export type Release = z.output<typeof ReleaseBody>

const badge = (text: string, kind = '') => html` <span class="badge ${kind}">${text}</span>`

export const badges = ({ upcoming_release, historical_release, _waybill }: Release) => [
  upcoming_release ? badge('Upcoming') : '',
  historical_release ? badge('Historical') : '',
  _waybill?.prerelease ? badge('Pre-release') : '',
  _waybill?.make_latest === 'yes' ? badge('Latest', 'good') : '',
]

const facts = (release: Release) => html`
<p><small>${dateOf(release.released_at)}${release.author ? html`, ${release.author.name}` : ''}${
  release.tag_name === undefined ? '' : html`, tag <code>${release.tag_name}</code>`
}${release.commit ? html`, commit <code title="${release.commit.id}">${release.commit.short_id}</code> ${release.commit.title}` : ''}</small></p>`

const item = (url: string, name: string, note: Markup | string = '') =>
  html`<li><a href="${url}" rel="noreferrer">${name}</a> ${note}</li>`

const kinds = { package: 'Packages', image: 'Images', runbook: 'Runbooks', other: 'Other' } as const

/** Links by their type, then the source archives. */
function assets({ assets: { count, sources = [], links } }: Release): Markup | string {
  const groups = Object.entries(kinds).map(([type, title]) => ({
    title,
    items: links.filter(({ link_type }) => link_type === type).map((link) => item(link.direct_asset_url, link.name)),
  }))
  const archives = sources.map(({ url, format }) => item(url, `Source code (${format})`))
  const filled = [...groups, { title: 'Source code', items: archives }].filter(({ items }) => items.length > 0)
  if (filled.length === 0) return ''
  return html`<details open><summary><strong>Assets</strong> <small>${count}</small></summary>
${filled.map(({ title, items }) => html`<h3>${title}</h3><ul>${items}</ul>`)}</details>`
}

function milestones({ milestones: all = [] }: Release): Markup | string {
  if (all.length === 0) return ''
  return html`<h3>Milestones</h3><ul>${all.map(({ title, issue_stats: { closed, total } }) => {
    const bar =
      total > 0 ? html`<progress max="${total}" value="${closed}" aria-label="Progress of ${title}"></progress>` : ''
    return html`<li>${title} ${bar} <small>${closed} of ${total} issues closed, ${total - closed} open</small></li>`
  })}</ul>`
}

function evidence({ evidences = [] }: Release): Markup | string {
  if (evidences.length === 0) return ''
  return html`<h3>Evidence</h3><ul>${evidences.map(
    ({ filepath, sha, collected_at }) =>
      html`<li><a href="${filepath}">Snapshot</a> <small>${dateOf(collected_at)}, SHA-256 <code>${sha}</code></small></li>`,
  )}</ul>`
}

/** Everything below the title. */
export const releaseContent = (release: Release) => html`
${facts(release)}
${raw(release.description_html ?? '')}
${assets(release)}${milestones(release)}${evidence(release)}`

export const releasePage = (release: Release, list: string) => html`
<p><a href="${list}">Releases</a></p>
<h1>${release.name}</h1>
<p>${badges(release)}</p>
${releaseContent(release)}`

/** Shows people where a link leads, so that they decide whether to go there. */
export const leavingPage = ({ name, url }: { name: string; url: string }) => html`
<h1>${name}</h1>
<p>This download is on another server, <b>${new URL(url).host}</b>:</p>
<p><a href="${url}" rel="noreferrer">${url}</a></p>`
