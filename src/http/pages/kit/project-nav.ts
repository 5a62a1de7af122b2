import { html } from 'hono/html'
import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { Markup } from './layout.ts'

/** What the viewer may open of a project. */
const areas = [
  { label: 'Releases', path: '/-/releases', ability: 'release:read' },
  { label: 'Milestones', path: '/-/milestones', ability: 'milestone:read' },
  { label: 'Issues', path: '/-/issues', ability: 'issue:read' },
] as const

export function projectNav(context: Context, project: Project): Markup {
  const url = projectUrl(context, project)
  const shown = areas.filter(({ ability }) => can(context.viewer, ability, project))
  return html`<nav class="tabs" aria-label="Project"><ul><li><strong><a href="${url}/-/releases">${project.fullPath}</a></strong></li>${shown.map(
    ({ label, path }) => html`<li><a href="${url}${path}">${label}</a></li>`,
  )}</ul></nav>`
}
