import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Context as ViewerContext } from '../../../context/context.ts'
import { PRIVATE } from '../../entity-tag.ts'
import { SCRIPT_DIGEST } from './assets.ts'
import { layout, type Page } from './layout.ts'

/**
 * The headers of every page. No page is shown inside another page, and no page sends a form to another server. No other server learns
 * the URL, which may contain a credential. A browser that may tell no referrer at all would send our forms with `Origin: null`.
 */
const headersOfPage = (sources: string, { forms = "'self'" } = {}) => ({
  'content-security-policy': `default-src 'none'; ${sources}; base-uri 'none'; form-action ${forms}; frame-ancestors 'none'`,
  'referrer-policy': 'same-origin',
})

/** Nothing is loaded but our stylesheet, our script and the images of the notes. No other script runs, not even one from here. */
export const pageHeaders = headersOfPage(
  `style-src 'self'; script-src '${SCRIPT_DIGEST}'; connect-src 'self'; img-src http: https: data:`,
)

/** The description of REST has its styles in it. */
export const documentationHeaders = headersOfPage("style-src 'unsafe-inline'", { forms: "'none'" })

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

/** Answers with a page for people, without anything from other servers but images. */
export function answerHtml(c: Context, { status = 200, ...page }: Answer, headers: Record<string, string> = {}) {
  // A page about a failure may come before it is known who asks.
  const context = c.var.context as ViewerContext | undefined
  const text = layout(page, { url: c.req.raw.url, user: context?.viewer.user })
  return c.html(text, status, { ...PRIVATE, ...pageHeaders, ...headers })
}
