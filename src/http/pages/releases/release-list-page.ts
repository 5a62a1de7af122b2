import { html } from 'hono/html'
import type { Markup } from '../kit/layout.ts'
import { badges, type Release, releaseContent } from './release-pages.ts'

export const sorts = {
  RELEASED_AT_DESC: 'Released, newest first',
  RELEASED_AT_ASC: 'Released, oldest first',
  CREATED_DESC: 'Created, newest first',
  CREATED_ASC: 'Created, oldest first',
} as const

export type Sort = keyof typeof sorts

export type Listed = {
  project: string
  feed: string
  releases: readonly Release[]
  sort: Sort
  search: string
  /** Whether the notes are left out because they are too long together. */
  lacksNotes: boolean
  /** The URLs of the neighbour pages. */
  next: string | null
  previous: string | null
}

const form = ({ sort, search }: Listed) => html`
<form class="find" role="search">
<div><label for="search">Words of titles and notes</label><input type="search" id="search" name="search" value="${search}" maxlength="1024"></div>
<div><label for="sort">Order</label><select id="sort" name="sort">${Object.entries(sorts).map(
  ([name, title]) => html`<option value="${name}"${name === sort ? html` selected` : ''}>${title}</option>`,
)}</select></div>
<button>Show</button>
</form>`

const article = (release: Release) => html`
<article><h2><a href="${release._links.self}">${release.name}</a>${badges(release)}</h2>
${releaseContent(release)}</article>`

const none = ({ search }: Listed) =>
  search === '' ? html`<p>There are no releases.</p>` : html`<p>No release was found.</p>`

/** What comes before in the order of the list is newer only in the usual order. */
const wordsOf = ({ sort }: Listed) =>
  sort.endsWith('DESC') ? { next: 'Older', previous: 'Newer' } : { next: 'Newer', previous: 'Older' }

export function listPage(listed: Listed): Markup {
  const { project, feed, releases, lacksNotes, next, previous } = listed
  const words = wordsOf(listed)
  return html`
<h1>Releases of ${project}</h1>
<p><a href="${feed}">Feed</a></p>
${form(listed)}
${lacksNotes ? html`<p>The notes are too long to be shown together: open a release to read its notes.</p>` : ''}
${releases.length === 0 ? none(listed) : releases.map(article)}
<nav aria-label="Pages">${previous ? html`<a href="${previous}">${words.previous}</a> ` : ''}${
    next ? html`<a href="${next}">${words.next}</a>` : ''
  }</nav>`
}
