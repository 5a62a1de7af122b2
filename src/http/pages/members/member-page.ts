import { html } from 'hono/html'
import type { ListedMembersFragment } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'
import { wideTable } from '../kit/wide-table.ts'

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
      : wideTable({ name: 'Members', heads: ['Account', 'Role', 'Since', 'Ends'], rows: rows.map(row) })
  return html`<h1>Members of ${name}</h1>
<p>The members of the groups above have their roles here too.</p>${list}${cursorLinks(members)}`
}
