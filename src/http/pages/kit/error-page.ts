import type { Context as HonoContext } from 'hono'
import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Context } from '../../../context/context.ts'
import { PRIVATE } from '../../entity-tag.ts'
import { answerHtml } from './html-page.ts'
import { type Markup, rootFrom } from './layout.ts'

/** Whether a person follows a link. Programs, and everything below `/api/`, get JSON. */
export const wantsPage = (c: HonoContext): boolean =>
  (c.req.header('accept')?.includes('text/html') ?? false) && !new URL(c.req.url).pathname.startsWith('/api/')

const titles: Partial<Record<number, string>> = {
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not allowed here',
  413: 'Too large',
  429: 'Too many requests',
  503: 'Not now',
}

/** What is hidden and what is missing look alike. */
const hints: Partial<Record<number, string>> = {
  404: 'There is no such page, or it is not for you.',
}

/** Signing in leads back to a form. What is not found does not show its own address, so that all such pages are alike. */
function signIn(c: HonoContext, status: number): Markup | string {
  const { viewer } = (c.var.context ?? {}) as Partial<Context>
  if (![401, 404].includes(status) || viewer?.user) return ''
  const address = `${rootFrom(c.req.raw.url)}-/sign-in`
  if (status === 404) return html`<p><a href="${address}">Sign in</a>, if it should be for you.</p>`
  const { pathname, search } = new URL(c.req.raw.url)
  return html`<p><a href="${address}?return_to=${encodeURIComponent(pathname + search)}">Sign in</a> and open the form again.</p>`
}

type Failure = {
  status: ContentfulStatusCode
  body: { message: string; request_id?: string }
  headers?: Record<string, string>
}

export function answerFailure(
  c: HonoContext,
  { status, body: told, headers = {} }: Failure,
): Response | Promise<Response> {
  if (!wantsPage(c)) return c.json(told, status, { ...PRIVATE, ...headers })
  const title = titles[status] ?? 'That did not work'
  const body = html`<h1>${title}</h1><p>${hints[status] ?? told.message}</p>${signIn(c, status)}${
    told.request_id ? html`<p>Number of the request: <code>${told.request_id}</code></p>` : ''
  }`
  return answerHtml(c, { title, body, status }, { ...headers, 'cache-control': 'no-store' })
}
