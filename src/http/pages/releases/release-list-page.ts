import { html } from 'hono/html'
import type { ListedReleasesQuery } from '../../../generated/documents.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'
import { badge, badges, releaseContent, type toShown } from './release-pages.ts'

export const sorts = {
  RELEASED_AT_DESC: 'Released, newest first',
  RELEASED_AT_ASC: 'Released, oldest first',
  CREATED_DESC: 'Created, newest first',
  CREATED_ASC: 'Created, oldest first',
} as const

/** For viewers who may know tags. */
export const semverSorts = {
  SEMVER_DESC: 'Version, highest first',
  SEMVER_ASC: 'Version, lowest first',
} as const

export type Sort = keyof typeof sorts | keyof typeof semverSorts

type Drafts = NonNullable<ListedReleasesQuery['project']>['drafts']

export type Listed = {
  project: string
  /** The URL of the list. */
  url: string
  releases: readonly ReturnType<typeof toShown>[]
  /** Null on pages after the first, and where the viewer may not see them. */
  drafts: Drafts | null
  creates: boolean
  readsCode: boolean
  sort: Sort
  search: string
  /** Whether the notes are left out because they are too long together. */
  lacksNotes: boolean
  /** The URLs of the neighbour pages. */
  next: string | null
  previous: string | null
}

const form = ({ sort, search, readsCode }: Listed) => html`
<search><form class="find">
<div><label for="search">Words of titles and notes</label><input type="search" id="search" name="search" value="${search}" maxlength="1024"></div>
<div><label for="sort">Order</label><select id="sort" name="sort">${Object.entries({
  ...sorts,
  ...(readsCode ? semverSorts : {}),
}).map(
  ([name, title]) => html`<option value="${name}"${name === sort ? html` selected` : ''}>${title}</option>`,
)}</select></div>
<button>Show</button>
</form></search>`

const article = (release: Listed['releases'][number]) => html`
<article><h2><a href="${release._links.self}">${release.name}</a>${badges(release)}</h2>
${releaseContent(release)}</article>`

/** Drafts are for those who may publish them. The page of a draft is the form that changes it, to which no session leads that only reads. */
function draftList({ drafts, url, creates }: Listed): Markup | string {
  const rows = (drafts?.nodes ?? []).filter((draft) => draft !== null)
  if (rows.length === 0) return ''
  return html`<section aria-labelledby="drafts"><h2 id="drafts">Drafts</h2><ul>${rows.map(
    ({ name, tagName, updatedAt, author }) =>
      html`<li>${creates ? html`<a href="${url}/${encodeURIComponent(tagName)}/draft">${name}</a>` : name}${badge('Draft')} <small>tag <code>${tagName}</code>, ${dateOf(updatedAt)}${author ? html`, ${author.name}` : ''}</small></li>`,
  )}</ul>${drafts?.pageInfo.hasNextPage ? html`<p>There are more, which the API lists.</p>` : ''}</section>`
}

const none = ({ search }: Listed) =>
  search === '' ? html`<p>There are no releases.</p>` : html`<p>No release was found.</p>`

/** What comes before in the order of the list is newer only in the usual order. */
function wordsOf({ sort }: Listed) {
  const [falls, rises] = sort.startsWith('SEMVER') ? ['Lower', 'Higher'] : ['Older', 'Newer']
  return sort.endsWith('DESC') ? { next: falls, previous: rises } : { next: rises, previous: falls }
}

export function listPage(listed: Listed): Markup {
  const { project, url, releases, creates, lacksNotes, next, previous } = listed
  const words = wordsOf(listed)
  return html`
<h1>Releases of ${project}</h1>
<p class="actions">${creates ? html`<a href="${url}/new">New release</a> ` : ''}<a href="${url}.atom">Feed</a></p>
${form(listed)}
${lacksNotes ? html`<p>The notes are too long to be shown together: open a release to read its notes.</p>` : ''}
${draftList(listed)}
${releases.length === 0 ? none(listed) : releases.map(article)}
<nav aria-label="Pages">${previous ? html`<a href="${previous}">${words.previous}</a> ` : ''}${
    next ? html`<a href="${next}">${words.next}</a>` : ''
  }</nav>`
}
