import { html } from 'hono/html'
import type { DeliveryOfPageFragment, ShownWebhookFragment } from '../../../generated/documents.ts'
import { isTrigger, type Trigger } from '../../../modules/webhooks/webhook-events.ts'
import type { NumberedPage } from '../../../rows/numbered-page.ts'
import { choiceField, formOf } from '../kit/form-fields.ts'
import type { Filled } from '../kit/form-page.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'
import { wideTable } from '../kit/wide-table.ts'
import { triggers, triggerTitles, webhookForm } from './webhook-form.ts'

type Webhook = ShownWebhookFragment

const nameOf = ({ name, url }: Webhook) => name || url

const states = {
  EXECUTABLE: html``,
  TEMPORARILY_DISABLED: html` <span class="badge">Rests after failures</span>`,
  DISABLED: html` <span class="badge">Disabled after failures</span>`,
} as const

export const eventTitle = (trigger: string): string => (isTrigger(trigger) ? triggerTitles[trigger] : trigger)

const toldOf = ({ events }: Webhook) => {
  const names = events.map((event) => `${event.toLowerCase()}_events`).filter(isTrigger)
  return names.length === 0 ? 'Told of nothing' : names.map((name) => triggerTitles[name]).join(', ')
}

type Numbered<Row> = Pick<NumberedPage<Row>, 'rows' | 'number' | 'hasNext'>

const pageLinks = ({ number, hasNext }: Numbered<unknown>) => html`
<nav aria-label="Pages">${number > 1 ? html`<a href="?page=${number - 1}">Previous</a> ` : ''}${hasNext ? html`<a href="?page=${number + 1}">Next</a>` : ''}</nav>`

type HookList = {
  page: NumberedPage<Webhook>
  hooks: string
  /** Whether the viewer may add one. */
  adds: boolean
}

export const hookListPage = ({ page, hooks, adds }: HookList): Markup => html`
<h1>Webhooks</h1>
<p>Servers that are told of what happens here.${adds ? html` <a href="${hooks}/new">New webhook</a>` : ''}</p>
${
  page.rows.length === 0
    ? html`<p>There are no webhooks.</p>`
    : html`<ul class="list">${page.rows.map(
        (webhook) => html`
<li><h2><a href="${hooks}/${webhook.number}">${nameOf(webhook)}</a>${states[webhook.alertStatus]}</h2>
<p><small>${toldOf(webhook)}</small></p></li>`,
      )}</ul>`
}${pageLinks(page)}`

const outcome = ({ responseStatus, error }: Pick<DeliveryOfPageFragment, 'responseStatus' | 'error'>) =>
  responseStatus === null ? (error ?? 'No answer') : `${responseStatus}`

const deliveryRow = (delivery: DeliveryOfPageFragment, url: string) => html`
<tr><td>${delivery.attemptedAt ? dateOf(delivery.attemptedAt) : ''}</td><td><a href="${url}/deliveries/${delivery.number}">${eventTitle(delivery.trigger)}</a></td>
<td>${outcome(delivery)}</td><td>${delivery.attempts}</td><td>${delivery.durationMs === null ? '' : `${delivery.durationMs} ms`}</td>
<td>${delivery.nextAttemptAt ? dateOf(delivery.nextAttemptAt) : 'Not again'}</td></tr>`

const deliveries = (page: Numbered<DeliveryOfPageFragment>, url: string) =>
  page.rows.length === 0
    ? html`<p>Nothing was sent in the last 7 days.</p>`
    : html`${wideTable({
        name: 'Deliveries',
        heads: ['Sent', 'Event', 'Answer', 'Attempts', 'Took', 'Tried next'],
        rows: page.rows.map((delivery) => deliveryRow(delivery, url)),
      })}${pageLinks(page)}`

const testForm = (filled: Filled) =>
  formOf({
    action: '',
    submit: 'Send a test',
    filled,
    fields: choiceField(filled, {
      ...{
        name: 'test',
        label: 'Event',
        hint: 'A sample of it, made of what is there. Its success enables the webhook.',
      },
      options: triggers.map((name: Trigger) => [name, triggerTitles[name]] as const),
    }),
  })

const factsOf = (webhook: Webhook) => {
  const has = (isThere: boolean) => (isThere ? 'yes, not shown' : 'no')
  return html`<p>${toldOf(webhook)}.</p>
<p><small>Secret token: ${has(webhook.tokenPresent)}. Signed: ${has(webhook.signingTokenPresent)}. Headers: ${webhook.customHeaders.join(', ') || 'none'}. Variables: ${webhook.urlVariables.join(', ') || 'none'}. Made ${dateOf(webhook.createdAt)}.${
    webhook.disabledUntil && webhook.alertStatus === 'TEMPORARILY_DISABLED'
      ? html` Rests until ${dateOf(webhook.disabledUntil)}.`
      : ''
  }</small></p>`
}

type HookPage = {
  webhook: Webhook
  sent: Numbered<DeliveryOfPageFragment>
  filled: Filled
  hooks: string
}

export function hookPage({ webhook, sent, filled, hooks }: HookPage): Markup {
  const url = `${hooks}/${webhook.number}`
  return html`<p><a href="${hooks}">Webhooks</a></p>
<h1>${nameOf(webhook)}${states[webhook.alertStatus]}</h1>
${webhook.name ? html`<p><code>${webhook.url}</code></p>` : ''}${webhook.description ? html`<p>${webhook.description}</p>` : ''}
${factsOf(webhook)}
${filled.token === null ? '' : html`<p><a href="${url}/edit">Edit</a> <a href="${url}/delete">Delete</a></p>`}
<h2>Test</h2>
${testForm(filled)}
<h2>Deliveries</h2>
${deliveries(sent, url)}`
}

export const newHookPage = (filled: Filled, hooks: string): Markup => html`
<p><a href="${hooks}">Webhooks</a></p>
<h1>New webhook</h1>
${webhookForm(filled, null, 'Add the webhook')}`

type EditPage = { webhook: Webhook; filled: Filled; url: string }

export const editHookPage = ({ webhook, filled, url }: EditPage): Markup => html`
<p><a href="${url}">${nameOf(webhook)}</a></p>
<h1>Edit a webhook</h1>
${webhookForm(filled, webhook, 'Save')}`
