import { html } from 'hono/html'
import type { ExploredProjectsQuery } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

type Projects = ExploredProjectsQuery['projects']
type Project = NonNullable<NonNullable<Projects['nodes']>[number]>

type Asked = { search: string; membership: boolean; signedIn: boolean }

function latest({ latestRelease }: Project): Markup | string {
  if (!latestRelease) return html`<p class="muted">No releases</p>`
  const { name, links, releasedAt } = latestRelease
  return html`<p>Latest release: <a href="${links?.selfUrl}">${name}</a> <small>${releasedAt ? dateOf(releasedAt) : ''}</small></p>`
}

const item = (project: Project) => html`
<li><h2><a href="${project.webUrl}/-/releases">${project.fullPath}</a>${
  project.visibility === 'public' ? '' : html` <span class="badge">${project.visibility}</span>`
}${project.archived ? html` <span class="badge">archived</span>` : ''}</h2>
${project.description ? html`<p>${project.description.slice(0, 300)}</p>` : ''}${latest(project)}</li>`

const form = ({ search, membership, signedIn }: Asked) => html`
<form class="find" role="search">
<div><label for="search">Words of the name, the path or the description</label><input type="search" id="search" name="search" value="${search}" maxlength="1024"></div>
${signedIn ? html`<label><input type="checkbox" name="mine" value="1"${membership ? html` checked` : ''}> Only mine</label>` : ''}
<button>Search</button>
</form>`

export function explorePage(projects: Projects, asked: Asked): Markup {
  const { search, membership } = asked
  const kept = { ...(search ? { search } : {}), ...(membership ? { mine: '1' } : {}) }
  const rows = (projects.nodes ?? []).filter((project) => project !== null)
  const list = rows.length > 0 ? html`<ul class="list">${rows.map(item)}</ul>` : html`<p>No project was found.</p>`
  return html`<h1>Projects</h1>${form(asked)}${list}${cursorLinks(projects, kept)}`
}
