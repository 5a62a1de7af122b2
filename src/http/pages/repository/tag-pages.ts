import { html, raw } from 'hono/html'
import type { ListedTagsQuery, OneTagQuery } from '../../../generated/documents.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

type Connection = NonNullable<NonNullable<ListedTagsQuery['project']>['repository']>['tags']
type Tag = NonNullable<NonNullable<Connection['nodes']>[number]>
type OneTag = NonNullable<NonNullable<NonNullable<OneTagQuery['project']>['repository']>['tag']>

const commitLine = ({ commit, createdAt }: Tag) => html`
<p><small>${createdAt ? html`${dateOf(createdAt)} ` : ''}${
  commit ? html`<a href="${commit.webUrl}"><code>${commit.shortId}</code></a> ${commit.title}` : ''
}</small></p>`

const badge = ({ protected: isProtected }: Tag) => (isProtected ? html` <span class="badge">Protected</span>` : '')

const release = ({ release: of }: Tag) =>
  of ? html`<p>Release: <a href="${of.links?.selfUrl}">${of.name}</a></p>` : ''

/** The list shows the beginning of a message. */
const MESSAGE_CHARACTERS = 300

const item = (tag: Tag, url: string) => html`
<li><h2><a href="${url}">${tag.name}</a>${badge(tag)}</h2>
${tag.message ? html`<p>${tag.message.slice(0, MESSAGE_CHARACTERS)}</p>` : ''}${commitLine(tag)}${release(tag)}</li>`

const sorts = {
  UPDATED_DESC: 'Newest first',
  UPDATED_ASC: 'Oldest first',
  VERSION_DESC: 'Highest version first',
  NAME_ASC: 'By name',
} as const

type Listed = {
  project: string
  tags: readonly Tag[]
  urlOf: (name: string) => string
  search: string
  sort: string
  newUrl: string | null
  pages: Markup | string
}

const find = ({ search, sort }: Listed) => html`
<search><form class="find">
<div><label for="search">Part of the name</label><input type="search" id="search" name="search" value="${search}" maxlength="1024"></div>
<div><label for="sort">Order</label><select id="sort" name="sort">${Object.entries(sorts).map(
  ([value, label]) => html`<option value="${value}"${value === sort ? html` selected` : ''}>${label}</option>`,
)}</select></div>
<button>Show</button>
</form></search>`

export const tagList = (listed: Listed): Markup => html`
<h1>Tags of ${listed.project}</h1>
${listed.newUrl ? html`<p><a href="${listed.newUrl}">New tag</a></p>` : ''}${find(listed)}
${
  listed.tags.length > 0
    ? html`<ul class="list">${listed.tags.map((tag) => item(tag, listed.urlOf(tag.name)))}</ul>`
    : html`<p>No tag was found.</p>`
}${listed.pages}`

type Shown = { tag: OneTag; archives: readonly { format: string; url: string }[]; links: Record<string, string> }

export const tagPage = ({ tag, archives, links }: Shown): Markup => html`
<h1>${tag.name}${badge(tag)}</h1>
<p>${Object.entries(links).map(([label, url]) => html`<a href="${url}">${label}</a> `)}</p>
${commitLine(tag)}${tag.message ? html`<pre dir="auto">${tag.message}</pre>` : ''}
<h2>Source code</h2>
<ul>${archives.map(({ format, url }) => html`<li><a href="${url}">${format}</a></li>`)}</ul>
${release(tag)}${tag.release?.descriptionHtml ? html`<section aria-label="Notes">${raw(tag.release.descriptionHtml)}</section>` : ''}`
