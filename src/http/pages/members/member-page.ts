import { html } from 'hono/html'
import type { ListedMembersFragment } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

type Member = NonNullable<NonNullable<ListedMembersFragment['nodes']>[number]>

const roleName = (role: string) => role.charAt(0) + role.slice(1).toLowerCase()

const row = ({ user, role, createdAt, expiresAt }: Member) => html`
<tr><td>${user ? html`<a href="${user.webUrl}">${user.name}</a> <small>@${user.username}</small>` : ''}</td><td>${roleName(role)}</td><td>${dateOf(createdAt)}</td><td>${
  expiresAt ? dateOf(expiresAt) : 'when it is taken away'
}</td></tr>`

export function memberPage(name: string, members: ListedMembersFragment): Markup {
  const rows = (members.nodes ?? []).filter((member) => member !== null)
  const list =
    rows.length === 0
      ? html`<p>There are no members of its own.</p>`
      : html`<div class="wide"><table><thead><tr><th scope="col">Account</th><th scope="col">Role</th><th scope="col">Since</th><th scope="col">Ends</th></tr></thead><tbody>${rows.map(row)}</tbody></table></div>`
  return html`<h1>Members of ${name}</h1>
<p>The members of the groups above have their roles here too.</p>${list}${cursorLinks(members)}`
}
