import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { User } from '../../../generated/prisma/client.ts'
import { SCRIPT, SCRIPT_DIGEST, STYLESHEET } from './assets.ts'

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** `nav` stands above the content: where the page is, and what is beside it. */
export type Page = { title: string; feed?: string; nav?: Markup; body: Markup }

/**
 * The way from a page to the root of the server. It is relative, because only the client knows below which path a proxy has put the
 * server.
 */
export const rootFrom = (url: string): string => '../'.repeat(new URL(url).pathname.split('/').length - 2) || './'

/** Undefined where it is not known who asks. */
type Reader = User | null | undefined

const account = (user: Reader, root: string) => {
  const words = user ? `Signed in as ${user.username}` : user === null ? 'Sign in' : 'Account'
  return html`<a href="${root}-/sign-in">${words}</a>`
}

type Around = { url: string; user: Reader }

export const layout = ({ title, feed, nav, body }: Page, { url, user }: Around): Markup => {
  const root = rootFrom(url)
  const link = feed === undefined ? '' : html`<link rel="alternate" type="application/atom+xml" href="${feed}">`
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title}</title>${link}<link rel="stylesheet" href="${root}${STYLESHEET}"><script src="${root}${SCRIPT}" integrity="${SCRIPT_DIGEST}" defer></script></head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><nav aria-label="Waybill"><ul><li><strong><a href="${root}-/explore">Waybill</a></strong></li><li><a href="${root}-/explore">Projects</a></li></ul><ul><li>${account(user, root)}</li></ul></nav></header>
<main id="main">
${nav ?? ''}
${body}
<p id="status" class="sr-only" role="status"></p>
</main>
<footer><nav aria-label="Interfaces"><ul><li><a href="${root}graphql">GraphiQL</a></li><li><a href="${root}api/v4/docs">REST API</a></li></ul></nav></footer>
</body>
</html>`
}
