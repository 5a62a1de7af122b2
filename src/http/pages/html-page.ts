import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Context as ViewerContext } from '../../context/context.ts'
import { PRIVATE } from '../entity-tag.ts'
import { layout, type Page } from './layout.ts'

/**
 * The headers of every page. No page is shown inside another page, and no page sends a form to another server. No other server learns
 * the URL, which may contain a credential.
 */
const headersOfPage = (sources: string, { forms = "'self'", referrer = 'no-referrer' } = {}) => ({
  'content-security-policy': `default-src 'none'; ${sources}; base-uri 'none'; form-action ${forms}; frame-ancestors 'none'`,
  'referrer-policy': referrer,
})

/** No script runs, and nothing is loaded but our stylesheet and the images of the notes. */
export const pageHeaders = headersOfPage("style-src 'self'; img-src http: https: data:")

/** The description of REST has its styles in it. */
export const documentationHeaders = headersOfPage("style-src 'unsafe-inline'", { forms: "'none'" })

/** A page with a form that writes. A browser that may tell no referrer would send the form with `Origin: null`. */
export const formHeaders = {
  ...headersOfPage("style-src 'self'", { referrer: 'same-origin' }),
  'cache-control': 'no-store',
}

/**
 * GraphiQL is one page with its scripts and its styles in it, and its editor makes workers of them. It talks to this server only.
 * A caller that knows the page names its scripts by their digests: `'sha256-...'`.
 */
export const graphiqlHeaders = (script = "'unsafe-inline'") =>
  headersOfPage(
    `script-src ${script}; style-src 'unsafe-inline'; font-src data:; img-src data:; worker-src blob:; connect-src 'self'`,
    { forms: "'none'" },
  )

type Answer = Page & { status?: ContentfulStatusCode }

/** Answers with a page for people, without scripts and without anything from other servers but images. */
export function answerHtml(c: Context, { status = 200, ...page }: Answer, headers: Record<string, string> = {}) {
  // A page about a failure may come before it is known who asks.
  const context = c.var.context as ViewerContext | undefined
  const text = layout(page, { url: c.req.raw.url, user: context?.viewer.user })
  return c.html(text, status, { ...PRIVATE, ...pageHeaders, ...headers })
}
