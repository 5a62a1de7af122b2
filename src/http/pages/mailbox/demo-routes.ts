// The demo has no mail server and nobody to tell of releases. Its mails are kept here, and its webhook leads here.
import { Hono } from 'hono'
import { html } from 'hono/html'
import type { KeptMail, KeptMails } from '../../../outgoing/kept-mails.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { counted } from '../../hono-context.ts'
import type { Markup } from '../kit/layout.ts'
import { type Asked, sitePages } from '../kit/pages.ts'
import { dateOf } from '../kit/shown-time.ts'
import { withWebContext } from '../kit/web-request.ts'

const item = ({ id, at, to, subject, text }: KeptMail) => html`
<li><h2>${subject}</h2>
<p><small>To ${to.name} &lt;${to.address}&gt;, ${dateOf(at)}. <a href="mailbox/${id}.html">As a mail program shows it</a></small></p>
<pre dir="auto">${text}</pre></li>`

const about = html`<h1>Mailbox of the demo</h1>
<p>The demo has no mail server, so it sends no mail: the newest 100 stay here. Whoever is signed in sees the mails to the own address alone, as in a mailbox.</p>`

const list = (mails: readonly KeptMail[]): Markup =>
  mails.length === 0
    ? html`<p>There is no mail for you. Publish a release, and look here as the guest and as the maintainer.</p>`
    : html`<ul class="list">${mails.map(item)}</ul>`

/** The address is that of the account, so no viewer sees what another one is told. */
const mailsOf = async ({ context: { viewer } }: Pick<Asked, 'context'>, mails: KeptMails): Promise<KeptMail[]> =>
  viewer.user?.email ? mails.to(viewer.user.email) : []

/** A mail may hold what anybody wrote. It runs nothing, loads nothing, and stands in no page of ours. */
const mailHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
}

export function demoRoutes(parts: ContextParts, mails: KeptMails) {
  const pages = sitePages(parts)
  pages.page('/-/demo/mailbox', async (asked) => {
    const isSignedIn = asked.context.viewer.user !== null
    const signIn = html`<p><a href="${asked.context.baseUrl}/-/sign-in?return_to=%2F-%2Fdemo%2Fmailbox">Sign in</a> with one of the demo's tokens to see its mails.</p>`
    return {
      title: 'Mailbox of the demo',
      body: html`${about}${isSignedIn ? list(await mailsOf(asked, mails)) : signIn}`,
    }
  })
  pages.routes.get('/-/demo/mailbox/:id{[0-9]+-[0-9]+-[0-9]+\\.html}', withWebContext(parts), async (c) => {
    const id = c.req.param('id').replace(/\.html$/, '')
    const mail = (await mailsOf({ context: c.var.context }, mails)).find((one) => one.id === id)
    return mail ? c.body(mail.html, 200, mailHeaders) : c.notFound()
  })
  const receiver = new Hono().post('/-/demo/receiver', counted(parts), (c) =>
    c.json({ taken: c.req.header('x-gitlab-event')?.slice(0, 100) ?? null }),
  )
  return pages.routes.route('/', receiver)
}
