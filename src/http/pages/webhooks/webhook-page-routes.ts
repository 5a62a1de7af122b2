import { notFoundOrForbidden } from '../../../foundation/errors.ts'
import { resendDelivery, testWebhook } from '../../../modules/webhooks/try-webhook.ts'
import type { EventName } from '../../../modules/webhooks/webhook-events.ts'
import { findDelivery, numberedWebhooks } from '../../../modules/webhooks/webhook-loaders.ts'
import { createWebhook, deleteWebhook, updateWebhook } from '../../../modules/webhooks/webhook-service.ts'
import { confirmation } from '../kit/confirmation.ts'
import { type FormPage, mayFillForms } from '../kit/form-page.ts'
import { choiceIn, pathNumber } from '../kit/given.ts'
import type { Page } from '../kit/layout.ts'
import type { groupPages, projectPages } from '../kit/pages.ts'
import { numberIn } from '../kit/query-values.ts'
import { deliveryPage } from './delivery-page.ts'
import { fieldOf, triggers, valuesIn } from './webhook-form.ts'
import { findAsked, getAsked, hooksUrl, mayRead, nameOf, namespaceOf, type Owned, pathOf } from './webhook-owner.ts'
import { deliveryOfPage, webhookPage, webhooksOfPage } from './webhook-page-documents.ts'
import { editHookPage, hookListPage, hookPage, newHookPage } from './webhook-pages.ts'

async function list(asked: Owned): Promise<Page | null> {
  if (!mayRead(asked)) return null
  const found = await numberedWebhooks(asked.context, namespaceOf(asked), { page: numberIn(asked.c, 'page') })
  const page = await webhooksOfPage.page(asked.context, found)
  const body = hookListPage({ page, hooks: hooksUrl(asked), adds: mayFillForms(asked.context) })
  return { title: `Webhooks of ${nameOf(asked)}`, body }
}

const create: FormPage<Owned> = {
  show: async (asked, filled) =>
    mayRead(asked) ? { title: 'New webhook', body: newHookPage(filled, hooksUrl(asked)) } : null,
  write: async (asked, given) => {
    const { id } = await createWebhook(asked.context, { ...pathOf(asked), ...valuesIn(given, []) })
    return `${hooksUrl(asked)}/${id}`
  },
  fieldOf,
}

const single: FormPage<Owned> = {
  show: async (asked, filled) => {
    const { c, context } = asked
    const found = await findAsked(asked)
    if (!found) return null
    const { given } = await webhookPage(context, { page: numberIn(c, 'page') ?? null }, { rows: [found] })
    const [webhook] = given.webhooks
    if (!webhook) return null
    const title = `Webhook ${webhook.name || webhook.url}`
    return { title, body: hookPage({ webhook, sent: webhook.sent, filled, hooks: hooksUrl(asked) }) }
  },
  write: async (asked, given) => {
    const { id } = await getAsked(asked)
    const event = choiceIn(given, { name: 'test', label: 'Event', values: triggers })
    await testWebhook(asked.context, { id, event })
    return `${hooksUrl(asked)}/${id}`
  },
}

const edit: FormPage<Owned> = {
  show: async (asked, filled) => {
    const found = await findAsked(asked)
    if (!found) return null
    const webhook = await webhooksOfPage.one(asked.context, found)
    const body = editHookPage({ webhook, filled, url: `${hooksUrl(asked)}/${found.id}` })
    return { title: `Edit ${webhook.name || webhook.url}`, body }
  },
  write: async (asked, given) => {
    const { id, events } = await getAsked(asked)
    await updateWebhook(asked.context, { id, ...valuesIn(given, events as EventName[]) })
    return `${hooksUrl(asked)}/${id}`
  },
  fieldOf,
}

const removal: FormPage<Owned> = {
  show: async (asked, filled) => {
    const found = await findAsked(asked)
    if (!found) return null
    const webhook = await webhooksOfPage.one(asked.context, found)
    return confirmation(filled, {
      title: `Delete ${webhook.name || webhook.url}`,
      words: 'The webhook is gone then, with its deliveries. What is not yet delivered is not sent.',
      submit: 'Delete the webhook',
      back: `${hooksUrl(asked)}/${found.id}`,
    })
  },
  write: async (asked) => {
    await deleteWebhook(asked.context, { id: (await getAsked(asked)).id })
    return hooksUrl(asked)
  },
}

const delivery: FormPage<Owned> = {
  show: async (asked, filled) => {
    const webhook = await findAsked(asked)
    const found = webhook && (await findDelivery(webhook, pathNumber(asked.c, 'delivery')))
    if (!found) return null
    const hook = `${hooksUrl(asked)}/${webhook.id}`
    const body = deliveryPage(await deliveryOfPage.one(asked.context, found), filled, hook)
    return { title: `Delivery ${found.id}`, body }
  },
  write: async (asked) => {
    const webhook = await getAsked(asked)
    const found = await findDelivery(webhook, pathNumber(asked.c, 'delivery'))
    if (!found) throw notFoundOrForbidden()
    await resendDelivery(asked.context, { id: found.id })
    return `${hooksUrl(asked)}/${webhook.id}/deliveries/${found.id}`
  },
}

const NUMBER = '{[1-9][0-9]{0,8}}'
const ONE = `/hooks/:number${NUMBER}`

export function addWebhookPages(pages: ReturnType<typeof projectPages> | ReturnType<typeof groupPages>): void {
  pages.page('/hooks', list)
  pages.form('/hooks/new', create)
  pages.form(ONE, single)
  pages.form(`${ONE}/edit`, edit)
  pages.form(`${ONE}/delete`, removal)
  pages.form(`${ONE}/deliveries/:delivery${NUMBER}`, delivery)
}
