import { html } from 'hono/html'
import type { ListedProjectFragment } from '../../../generated/documents.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'
import { visibilityBadge } from './home-page.ts'

function latest({ latestRelease }: ListedProjectFragment): Markup {
  if (!latestRelease) return html`<p class="muted">No releases</p>`
  const { name, links, releasedAt } = latestRelease
  return html`<p>Latest release: <a href="${links?.selfUrl}">${name}</a> <small>${releasedAt ? dateOf(releasedAt) : ''}</small></p>`
}

/** A project in a list. */
export const projectItem = (project: ListedProjectFragment): Markup => html`
<li><h2><a href="${project.webUrl}">${project.fullPath}</a>${visibilityBadge(project.visibility)}${
  project.archived ? html` <span class="badge">archived</span>` : ''
}</h2>
${project.description ? html`<p>${project.description.slice(0, 300)}</p>` : ''}${latest(project)}</li>`
