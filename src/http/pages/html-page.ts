import type { Context } from 'hono'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { PRIVATE } from '../entity-tag.ts'

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** The headers of every page. No page is shown inside another page. No other server learns the URL, which may contain a credential. */
const headersOfPage = (sources: string, { forms = "'none'", referrer = 'no-referrer' } = {}) => ({
  'content-security-policy': `default-src 'none'; ${sources}; base-uri 'none'; form-action ${forms}; frame-ancestors 'none'`,
  'referrer-policy': referrer,
})

/** No script runs, and nothing is loaded but the images of the notes. */
export const pageHeaders = headersOfPage("style-src 'unsafe-inline'; img-src http: https: data:")

/** A page with a form to this server. A browser that may tell no referrer would send the form with `Origin: null`. */
export const formHeaders = {
  ...headersOfPage("style-src 'unsafe-inline'", { forms: "'self'", referrer: 'same-origin' }),
  'cache-control': 'no-store',
}

/**
 * GraphiQL is one page with its scripts and its styles in it, and its editor makes workers of them. It talks to this server only.
 * A caller that knows the page names its scripts by their digests: `'sha256-...'`.
 */
export const graphiqlHeaders = (script = "'unsafe-inline'") =>
  headersOfPage(
    `script-src ${script}; style-src 'unsafe-inline'; font-src data:; img-src data:; worker-src blob:; connect-src 'self'`,
  )

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328; }
  code, pre { font: 0.9em ui-monospace, monospace; overflow-x: auto; }
  article { border-top: 1px solid #d0d7de; padding: 0.5rem 0; }
  img { max-width: 100%; }
  a { overflow-wrap: anywhere; }
  small { color: #59636e; }`

type Page = { title: string; feed?: string; body: Markup; status?: ContentfulStatusCode }

/** Answers with a page for people, without scripts and without anything from other servers but images. */
export function answerHtml(
  c: Context,
  { title, feed, body, status = 200 }: Page,
  headers: Record<string, string> = {},
) {
  const link = feed === undefined ? '' : html`<link rel="alternate" type="application/atom+xml" href="${feed}">`
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${link}<style>${style}</style></head>
<body>
${body}
</body>
</html>`
  return c.html(page, status, { ...PRIVATE, ...pageHeaders, ...headers })
}
