import { html } from 'hono/html'
import type { ListedCommitFragment, OneCommitQuery, ShownChangesFragment } from '../../../generated/documents.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

const item = ({ shortId, title, authorName, committedDate, webUrl }: ListedCommitFragment) => html`
<li><p><a href="${webUrl}">${title || shortId}</a></p>
<p><small><code>${shortId}</code> ${authorName}, ${committedDate ? dateOf(committedDate) : ''}</small></p></li>`

export const commitItems = (commits: readonly ListedCommitFragment[]): Markup =>
  commits.length === 0 ? html`<p>There are no commits.</p>` : html`<ul class="list">${commits.map(item)}</ul>`

type Listed = { ref: string; path: string; commits: readonly ListedCommitFragment[]; pages: Markup | string }

export const commitListPage = ({ ref, path, commits, pages }: Listed): Markup => html`
<h1>Commits of ${ref}</h1>
${path === '' ? '' : html`<p>That change <code>${path}</code></p>`}${commitItems(commits)}${pages}`

type FileChange = ShownChangesFragment['files'][number]

const nameOf = ({ oldPath, newPath, isRenamed }: FileChange) => (isRenamed ? `${oldPath} → ${newPath}` : newPath)

const stateOf = ({ isNew, isDeleted, isRenamed }: FileChange) =>
  isNew ? ' (new)' : isDeleted ? ' (deleted)' : isRenamed ? ' (renamed)' : ''

function diffOf({ isTooLarge, diff }: FileChange): Markup | string {
  if (isTooLarge) return html`<p>This change is too long to be shown here.</p>`
  return diff === '' ? '' : html`<pre>${diff}</pre>`
}

export const changes = ({ files, isCut }: ShownChangesFragment): Markup =>
  html`<h2>Changes</h2>${
    files.length === 0
      ? html`<p>No file was changed.</p>`
      : files.map(
          (file) =>
            html`<details open><summary><code>${nameOf(file)}</code>${stateOf(file)}</summary>${diffOf(file)}</details>`,
        )
  }${isCut ? html`<p>There are more changes than are shown here.</p>` : ''}`

type Found = NonNullable<NonNullable<NonNullable<OneCommitQuery['project']>['repository']>['commit']>

type Shown = Pick<Found, 'commit' | 'tags'> & {
  commitUrl: (sha: string) => string
  tagUrl: (name: string) => string
  links: Record<string, string>
  changed: Markup
}

const timeOf = (time: string | null) => (time ? html`, ${dateOf(time)}` : '')

const tagLinks = ({ tags, tagUrl }: Shown) =>
  tags.map(
    ({ name, release }) =>
      html`<a href="${tagUrl(name)}">${name}</a>${release ? html` (release <a href="${release.links?.selfUrl}">${release.name}</a>)` : ''} `,
  )

const parentLinks = ({ commit, commitUrl }: Shown) =>
  commit.parentIds.map((sha) => html`<a href="${commitUrl(sha)}"><code>${sha.slice(0, 8)}</code></a> `)

export function commitPage(shown: Shown): Markup {
  const { commit, links, tags, changed } = shown
  return html`
<h1>${commit.title || commit.shortId}</h1>
<p><code>${commit.sha}</code> ${Object.entries(links).map(([label, url]) => html`<a href="${url}">${label}</a> `)}</p>
<p><small>Written by ${commit.authorName}${timeOf(commit.authoredDate)}; committed by ${commit.committerName}${timeOf(commit.committedDate)}</small></p>
${commit.parentIds.length > 0 ? html`<p>Parents: ${parentLinks(shown)}</p>` : ''}${
  tags.length > 0 ? html`<p>Tags: ${tagLinks(shown)}</p>` : ''
}
<pre dir="auto">${commit.message}</pre>
${changed}`
}
