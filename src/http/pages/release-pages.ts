import { html, raw } from 'hono/html'
import type { z } from 'zod'
import type { ReleaseBody } from '../rest/releases/release-bodies.ts'
import type { Markup } from './html-page.ts'

/** A release as REST shows it to the same viewer. What is hidden there is absent here. */
type Release = z.output<typeof ReleaseBody>

export type ListedRelease = Pick<
  Release,
  'name' | 'tag_name' | 'released_at' | 'upcoming_release' | 'historical_release' | 'author' | '_links'
>

const dateOf = (time: string) => html`<time datetime="${time}">${time.slice(0, 10)}</time>`

const mark = ({ upcoming_release, historical_release }: ListedRelease) =>
  upcoming_release ? ' (upcoming)' : historical_release ? ' (historical)' : ''

const facts = (release: ListedRelease) => html`
<p><small>${dateOf(release.released_at)}${mark(release)}${release.author ? html`, ${release.author.name}` : ''}${
  release.tag_name === undefined ? '' : html`, tag <code>${release.tag_name}</code>`
}</small></p>`

const item = (url: string, name: string, note: Markup | string = '') =>
  html`<li><a href="${url}" rel="noreferrer">${name}</a> ${note}</li>`

const section = (title: string, items: readonly Markup[]) =>
  items.length === 0 ? '' : html`<h2>${title}</h2><ul>${items}</ul>`

/** The URLs of the next pages in both directions. */
type Other = { older?: string; newer?: string }

export const listPage = (project: string, releases: readonly ListedRelease[], { older, newer }: Other) => html`
<h1>Releases of ${project}</h1>
${releases.length === 0 ? html`<p>There are no releases.</p>` : ''}
${releases.map(
  (release) => html`<article><h2><a href="${release._links.self}">${release.name}</a></h2>${facts(release)}</article>`,
)}
<p>${newer ? html`<a href="${newer}">Newer</a> ` : ''}${older ? html`<a href="${older}">Older</a>` : ''}</p>`

const assets = ({ assets: { sources = [], links } }: Release) => [
  ...links.map((link) => item(link.direct_asset_url, link.name, html`<small>${link.link_type}</small>`)),
  ...sources.map(({ url, format }) => item(url, `Source code (${format})`)),
]

const milestones = ({ milestones: all = [] }: Release) =>
  all.map(
    ({ title, issue_stats: { closed, total } }) =>
      html`<li>${title} <small>${closed} of ${total} issues closed</small></li>`,
  )

const evidence = ({ evidences = [] }: Release) =>
  evidences.map(({ filepath, sha, collected_at }) => item(filepath, sha, dateOf(collected_at)))

const commit = ({ commit: found }: Release) =>
  found ? html`<p>Commit <code>${found.id}</code> ${found.title}</p>` : ''

export const releasePage = (release: Release) => html`
<h1>${release.name}</h1>
${facts(release)}${commit(release)}
${raw(release.description_html ?? '')}
${section('Assets', assets(release))}${section('Milestones', milestones(release))}${section('Evidence', evidence(release))}`

/** Shows people where a link leads, so that they decide whether to go there. */
export const leavingPage = ({ name, url }: { name: string; url: string }) => html`
<h1>${name}</h1>
<p>This download is on another server, <b>${new URL(url).host}</b>:</p>
<p><a href="${url}" rel="noreferrer">${url}</a></p>`
