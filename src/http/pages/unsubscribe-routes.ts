import { Hono } from 'hono'
import { html } from 'hono/html'
import { readUnsubscribe, unsubscribe } from '../../modules/notifications/unsubscribe.ts'
import type { ContextParts } from '../../request/request-context.ts'
import { counted } from '../hono-context.ts'
import { answerHtml } from './kit/html-page.ts'

const title = 'No more mails'

const question = html`<h1>${title}</h1>
<p>Shall this server send you no more mails about new releases of this project?</p>
<form method="post"><button>Send no more mails</button></form>`

const done = html`<h1>${title}</h1>
<p>You get no more mails about new releases of this project. Your notification settings turn them on again.</p>`

/**
 * The links in mails (RFC 8058). The signature is the credential: neither a cookie nor a token counts, and the answer does not
 * tell whether the project is there.
 */
export const unsubscribeRoutes = (parts: ContextParts) =>
  new Hono().on(['GET', 'POST'], '/-/unsubscribe/:subject/:signature', counted(parts), async (c) => {
    const subscription = await readUnsubscribe(c.req.param('subject'), c.req.param('signature'))
    if (!subscription) return c.notFound()
    if (c.req.method !== 'POST') return answerHtml(c, { title, body: question })
    await unsubscribe(subscription)
    return answerHtml(c, { title, body: done })
  })
