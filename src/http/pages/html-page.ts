import type { Context } from 'hono'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { PRIVATE } from '../entity-tag.ts'

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** No page is shown inside of another, nor sends a form. */
const NEVER = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Headers of any page. The URL may hold a credential: nobody is told it. */
const headersOfPage = (sources: string) => ({
  'content-security-policy': `default-src 'none'; ${sources}; ${NEVER}`,
  'referrer-policy': 'no-referrer',
})

/** Nothing runs; images of the notes are all that is loaded. */
export const pageHeaders = headersOfPage("style-src 'unsafe-inline'; img-src http: https: data:")

/**
 * GraphiQL comes as one page, its scripts and styles in it; its editor makes workers of them. It talks to this server and
 * to nobody else. Who knows the page names its one script by the digest, as `'sha256-...'`.
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

type Page = {
  title: string
  /** Address of the feed that it belongs to. */
  feed?: string
  body: Markup
}

/** A page for people, without scripts and without anything from elsewhere. */
export function answerHtml(c: Context, { title, feed, body }: Page, headers: Record<string, string> = {}) {
  const link = feed === undefined ? '' : html`<link rel="alternate" type="application/atom+xml" href="${feed}">`
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${link}<style>${style}</style></head>
<body>
${body}
</body>
</html>`
  return c.html(page, 200, { ...PRIVATE, ...pageHeaders, ...headers })
}
