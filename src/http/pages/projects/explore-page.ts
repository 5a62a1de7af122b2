import { html } from 'hono/html'
import type { ExploredGroupsQuery, ExploredProjectsQuery } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import type { Markup } from '../kit/layout.ts'
import { visibilityBadge } from './home-page.ts'
import { projectItem } from './project-item.ts'

type Group = NonNullable<NonNullable<ExploredGroupsQuery['groups']['nodes']>[number]>

/** `root` is the URL of the list of projects. */
export type Explored = { root: string; search: string; mine: boolean; signedIn: boolean }

/** What else there is to find. */
function tabs({ root, signedIn, mine }: Explored, here: 'projects' | 'groups'): Markup {
  const all = [
    { label: 'Projects', url: root, current: here === 'projects' && !mine },
    ...(signedIn ? [{ label: 'Your projects', url: `${root}?mine=1`, current: here === 'projects' && mine }] : []),
    { label: 'Groups', url: `${root}/groups`, current: here === 'groups' },
  ]
  return html`<nav class="tabs" aria-label="Lists"><ul>${all.map(
    ({ label, url, current }) =>
      html`<li><a href="${url}"${current ? html` aria-current="page"` : ''}>${label}</a></li>`,
  )}</ul></nav>`
}

const form = ({ search, mine, signedIn }: Explored, label: string) => html`
<search><form class="find">
<div><label for="search">${label}</label><input type="search" id="search" name="search" value="${search}" maxlength="1024"></div>
${signedIn ? html`<label><input type="checkbox" name="mine" value="1"${mine ? html` checked` : ''}> Only mine</label>` : ''}
<button>Search</button>
</form></search>`

const keptIn = ({ search, mine }: Explored) => ({ ...(search ? { search } : {}), ...(mine ? { mine: '1' } : {}) })

export function explorePage(projects: ExploredProjectsQuery['projects'], asked: Explored): Markup {
  const rows = (projects.nodes ?? []).filter((project) => project !== null)
  const list =
    rows.length > 0 ? html`<ul class="list">${rows.map(projectItem)}</ul>` : html`<p>No project was found.</p>`
  return html`${tabs(asked, 'projects')}<h1>Projects</h1>${form(asked, 'Words of the name, the path or the description')}${list}${cursorLinks(projects, keptIn(asked))}`
}

const groupItem = ({ fullPath, name, description, webUrl, visibility }: Group) => html`
<li><h2><a href="${webUrl}">${fullPath}</a>${visibilityBadge(visibility)}</h2>${name === fullPath ? '' : html`<p>${name}</p>`}${
  description ? html`<p>${description.slice(0, 300)}</p>` : ''
}</li>`

export function exploreGroupsPage(groups: ExploredGroupsQuery['groups'], asked: Explored): Markup {
  const rows = (groups.nodes ?? []).filter((group) => group !== null)
  const list = rows.length > 0 ? html`<ul class="list">${rows.map(groupItem)}</ul>` : html`<p>No group was found.</p>`
  return html`${tabs(asked, 'groups')}<h1>Groups</h1>${form(asked, 'Words of the name or the path')}${list}${cursorLinks(groups, keptIn(asked))}`
}
