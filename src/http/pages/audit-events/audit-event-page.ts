import { html } from 'hono/html'
import type { ListedEventsFragment } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'
import { wideTable } from '../kit/wide-table.ts'

type Event = NonNullable<NonNullable<ListedEventsFragment['nodes']>[number]>

const credentials: Record<NonNullable<Event['credential']>, string> = {
  ACCESS_TOKEN: 'an access token',
  SESSION: 'a browser',
  JOB_TOKEN: 'a job token',
  JWT: 'a token of an issuer',
  PIPELINE_JWT: "a pipeline's token of an issuer",
  COMMAND_LINE: "the server's command line",
}

const author = ({ author: account, authorName }: Event) =>
  account ? html`<a href="${account.webUrl}">${authorName}</a>` : authorName

const row = (event: Event) => html`
<tr><td>${dateOf(event.createdAt)}</td><td>${event.message}</td><td>${author(event)}</td><td>${
  event.credential ? credentials[event.credential] : ''
}${event.ipAddress ? html`, <code>${event.ipAddress}</code>` : ''}</td><td>${event.requestId ? html`<code>${event.requestId}</code>` : ''}</td></tr>`

export function auditEventPage(name: string, events: ListedEventsFragment): Markup {
  const rows = (events.nodes ?? []).filter((event) => event !== null)
  const list =
    rows.length === 0
      ? html`<p>Nothing was written yet.</p>`
      : wideTable({ name: 'Audit events', heads: ['When', 'What', 'Who', 'With', 'Request'], rows: rows.map(row) })
  return html`<h1>Audit events of ${name}</h1>${list}${cursorLinks(events)}`
}
