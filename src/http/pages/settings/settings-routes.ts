// What may be set in a project: who may do what and when, and who is told.
import { html } from 'hono/html'
import { type Ability, can } from '../../../access/abilities.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import type { Page } from '../kit/layout.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'
import { addWebhookPages } from '../webhooks/webhook-page-routes.ts'
import { addFreezePages } from './freeze-page-routes.ts'
import { addProtectedTagPages } from './protected-tag-page-routes.ts'

const areas: readonly { title: string; path: string; ability: Ability; what: string }[] = [
  { title: 'Deploy freezes', path: 'deploy_freezes', ability: 'freeze-period:read', what: 'When nothing is deployed.' },
  {
    title: 'Protected tags',
    path: 'protected_tags',
    ability: 'protected-tag:read',
    what: 'Who may create which tags.',
  },
  { title: 'Webhooks', path: 'hooks', ability: 'webhook:read', what: 'Which servers are told what happens.' },
]

async function settings({ context, project }: AskedOfProject): Promise<Page | null> {
  const shown = areas.filter(({ ability }) => can(context.viewer, ability, project))
  if (shown.length === 0) return null
  const url = `${projectUrl(context, project)}/-`
  const body = html`<h1>Settings</h1>
<ul class="list">${shown.map(({ title, path, what }) => html`<li><h2><a href="${url}/${path}">${title}</a></h2><p>${what}</p></li>`)}</ul>`
  return { title: `Settings of ${project.name}`, body }
}

export function settingsRoutes(parts: ContextParts) {
  const pages = projectPages(parts)
  pages.page('/settings', settings)
  addFreezePages(pages)
  addProtectedTagPages(pages)
  addWebhookPages(pages)
  return pages.routes
}
