import { html } from 'hono/html'
import type { ProfileQuery } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import type { Markup } from '../kit/layout.ts'
import { projectItem } from '../projects/project-item.ts'

type Profile = NonNullable<ProfileQuery['user']>

export function profilePage({ name, username, avatarUrl, state, ownedProjects }: Profile): Markup {
  const projects = (ownedProjects.nodes ?? []).filter((project) => project !== null)
  return html`
<h1>${avatarUrl ? html`<img class="avatar" src="${avatarUrl}" alt=""> ` : ''}${name}${state === 'active' ? '' : html` <span class="badge">${state}</span>`}</h1>
<p>@${username}</p>
<h2>Projects</h2>
${
  projects.length === 0
    ? html`<p>There are no projects of this account that you may see.</p>`
    : html`<ul class="list">${projects.map(projectItem)}</ul>`
}${cursorLinks(ownedProjects)}`
}
