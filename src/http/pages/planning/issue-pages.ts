import { html } from 'hono/html'
import type { ListedIssueFragment, OneIssueFragment } from '../../../generated/documents.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'
import { dayOf } from './milestone-pages.ts'

type Issue = ListedIssueFragment

const badges = ({ state, confidential }: Issue) => [
  state === 'closed' ? html` <span class="badge">Closed</span>` : '',
  confidential ? html` <span class="badge">Confidential</span>` : '',
]

const facts = ({ createdAt, author, dueDate, milestone }: Issue) => html`
<p><small>Created ${dateOf(createdAt)}${author ? html` by <a href="${author.webUrl}">${author.name}</a>` : ''}${
  dueDate ? html`, due ${dayOf(dueDate)}` : ''
}${milestone ? html`, milestone <a href="${milestone.webUrl}">${milestone.title}</a>` : ''}</small></p>`

const item = (issue: Issue) => html`
<li><h2><a href="${issue.webUrl}">${issue.title}</a>${badges(issue)}</h2>${facts(issue)}</li>`

export const issueItems = (issues: readonly Issue[], pages: Markup | string): Markup =>
  issues.length === 0
    ? html`<p>No issue was found.</p>${pages}`
    : html`<ul class="list">${issues.map(item)}</ul>${pages}`

export type Listed = {
  project: string
  state: string
  search: string
  milestone: string
  /** Null without code access, because it would reveal tags. */
  releaseTag: string | null
  newUrl: string | null
  items: Markup
}

const states = { opened: 'Open', closed: 'Closed', all: 'All' } as const

const find = ({ state, search, milestone, releaseTag }: Listed) => html`
<search><form class="find">
<div><label for="search">Words of titles and descriptions</label><input type="search" id="search" name="search" value="${search}" maxlength="1024"></div>
<div><label for="state">State</label><select id="state" name="state">${Object.entries(states).map(
  ([value, label]) => html`<option value="${value}"${value === state ? html` selected` : ''}>${label}</option>`,
)}</select></div>
<div><label for="milestone">Title of the milestone</label><input id="milestone" name="milestone" value="${milestone}" maxlength="255"></div>
${
  releaseTag === null
    ? ''
    : html`<div><label for="release_tag">Tag of the release</label><input id="release_tag" name="release_tag" value="${releaseTag}" maxlength="1024"></div>`
}<button>Show</button>
</form></search>`

export const issueList = (listed: Listed): Markup => html`
<h1>Issues of ${listed.project}</h1>
${listed.newUrl ? html`<p><a href="${listed.newUrl}">New issue</a></p>` : ''}${find(listed)}
${listed.items}`

type Shown = { issue: OneIssueFragment; description: Markup | string; mayEdit: boolean; mayDelete: boolean }

export const issuePage = ({ issue, description, mayEdit, mayDelete }: Shown): Markup => html`
<h1>${issue.title} <small>#${issue.iid}</small>${badges(issue)}</h1>
${
  mayEdit || mayDelete
    ? html`<p>${mayEdit ? html`<a href="${issue.webUrl}/edit">Edit</a> ` : ''}${mayDelete ? html`<a href="${issue.webUrl}/delete">Delete</a>` : ''}</p>`
    : ''
}${facts(issue)}${issue.closedAt ? html`<p><small>Closed ${dateOf(issue.closedAt)}</small></p>` : ''}
${description}`
