import { html } from 'hono/html'
import type { OwnSessionsQuery } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import { buttonForm, problemList } from '../kit/form-fields.ts'
import type { Filled } from '../kit/form-page.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'

type Sessions = NonNullable<NonNullable<OwnSessionsQuery['currentUser']>['sessions']>
type Session = NonNullable<NonNullable<Sessions['nodes']>[number]>

const item = (session: Session, filled: Filled) => html`
<li><h2>${session.userAgent ?? 'A browser without a name'}${session.current ? html` <span class="badge good">This browser</span>` : ''}</h2>
<p><small>Signed in ${dateOf(session.createdAt)}${session.ipAddress ? html` from ${session.ipAddress}` : ''}, last used ${dateOf(session.usedAt)}, ends ${dateOf(session.expiresAt)} if it is not used. ${session.scopes.includes('API') ? 'Reads and writes.' : 'Only reads.'}</small></p>
<p>${buttonForm('', html`Sign out<span class="sr-only"> ${session.userAgent}</span>`, filled.token, { name: 'revoke', value: session.id })}</p></li>`

export const sessionsPage = ({ nodes, pageInfo }: Sessions, filled: Filled): Markup => html`
<h1>Sessions</h1>
<p>The browsers in which you are signed in. The last used comes first.</p>
${problemList(filled)}<ul class="list">${(nodes ?? []).filter((session) => session !== null).map((session) => item(session, filled))}</ul>
${cursorLinks({ pageInfo })}
<p>${buttonForm('', 'Sign out everywhere', filled.token, { name: 'everywhere', value: 'true' })}</p>`
