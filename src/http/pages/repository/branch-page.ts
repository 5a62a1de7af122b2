import { html } from 'hono/html'
import type { ListedBranchesQuery } from '../../../generated/documents.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

type Connection = NonNullable<NonNullable<ListedBranchesQuery['project']>['repository']>['branches']
type Branch = NonNullable<NonNullable<Connection['nodes']>[number]>

type Listed = {
  project: string
  branches: readonly Branch[]
  search: string
  commitsUrl: (name: string) => string
  newUrl: string | null
  /** Null for viewers who may delete none. */
  deleteUrl: (name: string) => string | null
  pages: Markup | string
}

function item(branch: Branch, { commitsUrl, deleteUrl }: Listed): Markup {
  const { name, default: isDefault, webUrl, commit } = branch
  // The default branch stays.
  const remove = isDefault ? null : deleteUrl(name)
  return html`
<li><h2><a href="${webUrl}">${name}</a>${isDefault ? html` <span class="badge">Default</span>` : ''}</h2>
<p><small>${
    commit
      ? html`<a href="${commit.webUrl}"><code>${commit.shortId}</code></a> ${commit.title} ${commit.committedDate ? dateOf(commit.committedDate) : ''}`
      : ''
  }</small></p>
<p><a href="${commitsUrl(name)}">Commits</a>${remove ? html` <a href="${remove}">Delete</a>` : ''}</p></li>`
}

export const branchList = (listed: Listed): Markup => html`
<h1>Branches of ${listed.project}</h1>
${listed.newUrl ? html`<p><a href="${listed.newUrl}">New branch</a></p>` : ''}
<search><form class="find">
<div><label for="search">Part of the name</label><input type="search" id="search" name="search" value="${listed.search}" maxlength="1024"></div>
<button>Show</button>
</form></search>
${
  listed.branches.length > 0
    ? html`<ul class="list">${listed.branches.map((branch) => item(branch, listed))}</ul>`
    : html`<p>No branch was found.</p>`
}${listed.pages}`
