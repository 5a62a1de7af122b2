import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { User } from '../../generated/prisma/client.ts'
import { STYLESHEET } from './stylesheet.ts'

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

export type Page = { title: string; feed?: string; body: Markup }

/**
 * The way from a page to the root of the server. It is relative, because only the client knows below which path a proxy has put the
 * server.
 */
const rootFrom = (url: string): string => '../'.repeat(new URL(url).pathname.split('/').length - 2) || './'

/** Undefined where it is not known who asks. */
type Reader = User | null | undefined

const account = (user: Reader, root: string) => {
  const words = user ? `Signed in as ${user.username}` : user === null ? 'Sign in' : 'Account'
  return html`<a class="end" href="${root}-/sign-in">${words}</a>`
}

export const layout = ({ title, feed, body }: Page, { url, user }: { url: string; user: Reader }): Markup => {
  const root = rootFrom(url)
  const link = feed === undefined ? '' : html`<link rel="alternate" type="application/atom+xml" href="${feed}">`
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${link}<link rel="stylesheet" href="${root}${STYLESHEET}"></head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><strong><a href="${root}-/explore">Waybill</a></strong> <a href="${root}-/explore">Projects</a> ${account(user, root)}</header>
<main id="main">
${body}
</main>
<footer><a href="${root}graphql">GraphiQL</a> <a href="${root}api/v4/docs">REST API</a></footer>
</body>
</html>`
}
