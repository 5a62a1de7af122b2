import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext } from 'hono'
import type { ProviderSettings } from '../../../authentication/openid-provider.ts'
import type { Context } from '../../../context/context.ts'
import { outageFailure } from '../../../database/outage.ts'
import { AppError, failureHeaders, httpStatus } from '../../../foundation/errors.ts'
import { createSession, type SessionLimits } from '../../../modules/sessions/create-session.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { readBody } from '../../rest/kit/read-fields.ts'
import { RestError } from '../../rest/kit/rest-errors.ts'
import { cookieText, isFromHere, placeOf, sessionIn } from '../../session-cookie.ts'
import { answerHtml, formHeaders } from '../html-page.ts'
import type { Markup } from '../layout.ts'
import { problemPage } from './sign-in-pages.ts'

export type OidcSettings = ProviderSettings & {
  /** Whether somebody who has no account gets one at the first sign-in. */
  createsAccounts: boolean
}

export type SignInParts = ContextParts & {
  sessions: SessionLimits
  /** The provider at which people may sign in; null for none. */
  oidc: OidcSettings | null
}

/** More than a token and the longest path to return to, when each byte of the path is encoded. */
const MAX_FORM_BYTES = 32_000

/** The path of BASE_URL, without a slash at its end. */
export const baseOf = ({ baseUrl }: ContextParts): string => new URL(baseUrl).pathname.replace(/\/$/, '')

/** Reads a form of this server. A form that a page of another server sends is refused before its body is read. */
export async function readOwnForm(c: HonoContext, parts: SignInParts): Promise<Fields> {
  if (!isFromHere(c.req.raw.headers, placeOf(c, parts))) {
    throw new AppError('FORBIDDEN', 'The form was not sent from a page of this server')
  }
  return readBody((c.env as HttpBindings).incoming, MAX_FORM_BYTES)
}

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
    {
      ...formHeaders,
      ...(error ? failureHeaders(error) : {}),
    },
  )

function asAppError(thrown: unknown): AppError {
  const error = outageFailure(thrown as Error)
  if (error instanceof AppError) return error
  if (error instanceof RestError) return new AppError('INVALID', 'The form cannot be read', { cause: error })
  throw error
}

/** Answers failures with a page for people. */
export const withProblems =
  (parts: SignInParts, handle: (c: HonoContext) => Promise<Response>, show = problemPage) =>
  async (c: HonoContext): Promise<Response> => {
    try {
      return await handle(c)
    } catch (thrown) {
      const error = asAppError(thrown)
      return answerForm(c, show({ base: baseOf(parts), problem: error.message }), error)
    }
  }
