import { html } from 'hono/html'
import type { TagsAtQuery } from '../../../generated/documents.ts'
import type { FileDiff } from '../../../git/diffs.ts'
import type { CommitNode } from '../../../modules/releases/commit-loaders.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

type UrlOf = (sha: string) => string

const item = ({ sha, shortId, title, authorName, committedDate }: CommitNode, urlOf: UrlOf) => html`
<li><p><a href="${urlOf(sha)}">${title || shortId}</a></p>
<p><small><code>${shortId}</code> ${authorName}, ${dateOf(committedDate.toISOString())}</small></p></li>`

export const commitItems = (commits: readonly CommitNode[], urlOf: UrlOf): Markup =>
  commits.length === 0
    ? html`<p>There are no commits.</p>`
    : html`<ul class="list">${commits.map((commit) => item(commit, urlOf))}</ul>`

type Listed = { ref: string; path: string; commits: readonly CommitNode[]; urlOf: UrlOf; pages: Markup | string }

export const commitList = ({ ref, path, commits, urlOf, pages }: Listed): Markup => html`
<h1>Commits of ${ref}</h1>
${path === '' ? '' : html`<p>That change <code>${path}</code></p>`}${commitItems(commits, urlOf)}${pages}`

/** What a page shows of diffs at most; what is left out is said. */
const MAX_FILES = 100
const MAX_CHARACTERS = 500_000

const nameOf = ({ oldPath, newPath, isRenamed }: FileDiff) => (isRenamed ? `${oldPath} → ${newPath}` : newPath)

const stateOf = ({ isNew, isDeleted, isRenamed }: FileDiff) =>
  isNew ? ' (new)' : isDeleted ? ' (deleted)' : isRenamed ? ' (renamed)' : ''

export function changes(files: readonly FileDiff[], isCut: boolean): Markup {
  const shown = files.slice(0, MAX_FILES)
  let left = MAX_CHARACTERS
  const parts = shown.map((file) => {
    const isTooLong = file.isTooLarge || file.diff.length > left
    if (!isTooLong) left -= file.diff.length
    const diff = isTooLong ? html`<p>This change is too long to be shown here.</p>` : html`<pre>${file.diff}</pre>`
    return html`<details open><summary><code>${nameOf(file)}</code>${stateOf(file)}</summary>${file.diff === '' && !isTooLong ? '' : diff}</details>`
  })
  return html`<h2>Changes</h2>${files.length === 0 ? html`<p>No file was changed.</p>` : parts}${
    isCut || files.length > MAX_FILES ? html`<p>There are more changes than are shown here.</p>` : ''
  }`
}

type Repository = NonNullable<NonNullable<TagsAtQuery['project']>['repository']>
type TagAt = Repository['tagsAt'][number]

type Shown = {
  commit: CommitNode
  urlOf: UrlOf
  links: Record<string, string>
  tags: readonly TagAt[]
  tagUrl: (name: string) => string
  changed: Markup
}

export const commitPage = ({ commit, urlOf, links, tags, tagUrl, changed }: Shown): Markup => html`
<h1>${commit.title || commit.shortId}</h1>
<p><code>${commit.sha}</code> ${Object.entries(links).map(([label, url]) => html`<a href="${url}">${label}</a> `)}</p>
<p><small>Written by ${commit.authorName}, ${dateOf(commit.authoredDate.toISOString())}; committed by ${commit.committerName}, ${dateOf(
  commit.committedDate.toISOString(),
)}</small></p>
${commit.parentIds.length > 0 ? html`<p>Parents: ${commit.parentIds.map((sha) => html`<a href="${urlOf(sha)}"><code>${sha.slice(0, 8)}</code></a> `)}</p>` : ''}${
  tags.length > 0
    ? html`<p>Tags: ${tags.map(
        ({ name, release }) =>
          html`<a href="${tagUrl(name)}">${name}</a>${release ? html` (release <a href="${release.links?.selfUrl}">${release.name}</a>)` : ''} `,
      )}</p>`
    : ''
}
<pre dir="auto">${commit.message}</pre>
${changed}`
