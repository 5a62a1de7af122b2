import type { Context as HonoContext } from 'hono'
import type { ProviderSettings } from '../../../authentication/openid-provider.ts'
import type { Context } from '../../../context/context.ts'
import { outageFailure } from '../../../database/outage.ts'
import { AppError, failureHeaders, httpStatus } from '../../../foundation/errors.ts'
import { createSession, type SessionLimits } from '../../../modules/sessions/create-session.ts'
import type { KeptMails } from '../../../outgoing/kept-mails.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { cookieText, placeOf, sessionIn } from '../../session-cookie.ts'
import { answerHtml } from '../kit/html-page.ts'
import type { Markup } from '../kit/layout.ts'
import { problemPage } from './sign-in-pages.ts'

export type OidcSettings = ProviderSettings & {
  /** Whether somebody who has no account gets one at the first sign-in. */
  createsAccounts: boolean
}

export type SignInParts = ContextParts & {
  sessions: SessionLimits
  /** The provider at which people may sign in; null for none. */
  oidc: OidcSettings | null
  /** The mails of the demo; null or absent for every other server, which has none of its pages. */
  keptMails?: KeptMails | null
}

/** The path of BASE_URL, without a slash at its end. */
export const baseOf = ({ baseUrl }: ContextParts): string => new URL(baseUrl).pathname.replace(/\/$/, '')

/** Signs the browser in as the viewer of the context, and sends it on. */
export async function answerSignedIn(
  c: HonoContext,
  parts: SignInParts,
  { context, token, returnTo }: { context: Context; token: string | null; returnTo: string },
): Promise<Response> {
  const place = placeOf(c, parts)
  const browser = { userAgent: c.req.header('user-agent') ?? null, former: sessionIn(c.req.raw.headers, place) }
  const secret = await createSession(context, { token, ...browser }, parts.sessions)
  c.header('set-cookie', cookieText('session', secret, place, parts.sessions.seconds), { append: true })
  c.header('cache-control', 'no-store')
  return c.redirect(baseOf(parts) + returnTo, 303)
}

export const answerForm = (c: HonoContext, body: Markup, error?: AppError) =>
  answerHtml(
    c,
    { title: 'Sign in', body, status: error ? httpStatus[error.code] : 200 },
    { 'cache-control': 'no-store', ...(error ? failureHeaders(error) : {}) },
  )

/** Answers failures with a page for people. */
export const withProblems =
  (parts: SignInParts, handle: (c: HonoContext) => Promise<Response>, show = problemPage) =>
  async (c: HonoContext): Promise<Response> => {
    try {
      return await handle(c)
    } catch (thrown) {
      const error = outageFailure(thrown as Error)
      if (!(error instanceof AppError)) throw error
      return answerForm(c, show({ base: baseOf(parts), problem: error.message }), error)
    }
  }
