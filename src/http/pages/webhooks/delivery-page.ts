import { html } from 'hono/html'
import type { ShownDeliveryFragment } from '../../../generated/documents.ts'
import { buttonForm, problemList } from '../kit/form-fields.ts'
import type { Filled } from '../kit/form-page.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'
import { eventTitle } from './webhook-pages.ts'

/** Lines that a person reads; a body that is not JSON stays as it is. */
function readable(body: string | null): string {
  try {
    return JSON.stringify(JSON.parse(body ?? ''), null, 2)
  } catch {
    return body ?? ''
  }
}

const headersOf = (headers: unknown) =>
  html`<pre><code>${Object.entries((headers ?? {}) as Record<string, string>)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}</code></pre>`

const bodyOf = (body: string | null) => (body ? html`<pre><code>${readable(body)}</code></pre>` : html`<p>No body.</p>`)

export const deliveryPage = (delivery: ShownDeliveryFragment, filled: Filled, hook: string): Markup => html`
<p><a href="${hook}">The webhook</a></p>
<h1>Delivery ${delivery.number}</h1>
${problemList(filled)}
<p>${eventTitle(delivery.trigger)}. <small>Queued ${dateOf(delivery.createdAt)}${delivery.attemptedAt ? html`, last tried ${dateOf(delivery.attemptedAt)}` : ''}, attempts: ${delivery.attempts}${
  delivery.durationMs === null ? '' : `, ${delivery.durationMs} ms`
}${delivery.nextAttemptAt ? html`, tried next ${dateOf(delivery.nextAttemptAt)}` : ''}. Key: <code>${delivery.key}</code></small></p>
<p>${buttonForm('', 'Send it once more', filled.token, { name: 'resend', value: 'true' })}</p>
<h2>Request</h2>
<p>${delivery.url === null ? 'Not sent yet.' : html`<code>POST ${delivery.url}</code>`}</p>
${headersOf(delivery.requestHeaders)}${bodyOf(delivery.requestBody)}
<h2>Answer</h2>
<p>${delivery.responseStatus === null ? (delivery.error ?? 'There was none.') : html`<strong>${delivery.responseStatus}</strong>`}</p>
${delivery.responseStatus === null ? '' : html`${headersOf(delivery.responseHeaders)}${bodyOf(delivery.responseBody)}`}`
