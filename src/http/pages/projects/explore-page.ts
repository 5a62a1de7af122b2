import { html } from 'hono/html'
import type { ExploredProjectsQuery } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import type { Markup } from '../kit/layout.ts'
import { projectItem } from './project-item.ts'

type Projects = ExploredProjectsQuery['projects']

type Asked = { search: string; membership: boolean; signedIn: boolean }

const form = ({ search, membership, signedIn }: Asked) => html`
<search><form class="find">
<div><label for="search">Words of the name, the path or the description</label><input type="search" id="search" name="search" value="${search}" maxlength="1024"></div>
${signedIn ? html`<label><input type="checkbox" name="mine" value="1"${membership ? html` checked` : ''}> Only mine</label>` : ''}
<button>Search</button>
</form></search>`

export function explorePage(projects: Projects, asked: Asked): Markup {
  const { search, membership } = asked
  const kept = { ...(search ? { search } : {}), ...(membership ? { mine: '1' } : {}) }
  const rows = (projects.nodes ?? []).filter((project) => project !== null)
  const list =
    rows.length > 0 ? html`<ul class="list">${rows.map(projectItem)}</ul>` : html`<p>No project was found.</p>`
  return html`<h1>Projects</h1>${form(asked)}${list}${cursorLinks(projects, kept)}`
}
