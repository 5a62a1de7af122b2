import type { Context as HonoContext } from 'hono'
import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { PRIVATE } from '../../entity-tag.ts'
import { answerHtml } from './html-page.ts'

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
  404: 'There is no such page, or it is not for you. If it should be, sign in.',
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
  const body = html`<h1>${title}</h1><p>${hints[status] ?? told.message}</p>${
    told.request_id ? html`<p>Number of the request: <code>${told.request_id}</code></p>` : ''
  }`
  return answerHtml(c, { title, body, status }, { ...headers, 'cache-control': 'no-store' })
}
