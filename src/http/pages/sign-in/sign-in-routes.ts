// Signing in and out with a browser, by pages that work without JavaScript.
import { Hono, type Context as HonoContext } from 'hono'
import { AppError, unauthenticated } from '../../../foundation/errors.ts'
import { revokeAllSessions, revokeSession } from '../../../modules/sessions/revoke-sessions.ts'
import { points } from '../../../request/rate-limits/rate-limits.ts'
import { identify, requestContext } from '../../../request/request-context.ts'
import { scopeIn } from '../../hono-context.ts'
import { cookieText, placeOf } from '../../session-cookie.ts'
import { assertFromHere, readForm, sessionContext } from '../kit/own-form.ts'
import { formTokenOf, isFormToken } from './form-token.ts'
import { providerRoutes } from './provider-routes.ts'
import { pathToReturnTo } from './return-to.ts'
import { signedInPage, signInPage } from './sign-in-pages.ts'
import { answerForm, answerSignedIn, baseOf, type SignInParts, withProblems } from './sign-in-request.ts'

/** How people sign in here: the name that they know the provider by, and whether there are tokens of a demo. */
const waysOf = ({ oidc, keptMails }: SignInParts) => ({
  provider: oidc ? new URL(oidc.issuer).host : null,
  isDemo: keptMails != null,
})

async function showPage(c: HonoContext, parts: SignInParts): Promise<Response> {
  const { session, context } = await sessionContext(c, parts, points.read)
  const place = { base: baseOf(parts), returnTo: pathToReturnTo(c.req.query('return_to')) }
  const { user } = context.viewer
  if (!user || session === null) return answerForm(c, signInPage({ ...place, ...waysOf(parts) }))
  return answerForm(c, signedInPage({ ...place, username: user.username, formToken: formTokenOf(session) }))
}

/** Each wrong token counts among the wrong credentials of the address. */
async function signIn(c: HonoContext, parts: SignInParts): Promise<Response> {
  const scope = scopeIn(c)
  await parts.rateLimits.spend(scope, null, points.write)
  assertFromHere(c, parts)
  const { token, return_to } = await readForm(c)
  const returnTo = pathToReturnTo(return_to)
  const answer = async () => {
    if (typeof token !== 'string' || token.trim() === '') throw unauthenticated('An access token is needed')
    const given = token.trim()
    const headers = { get: (name: string) => (name.toLowerCase() === 'private-token' ? given : null) }
    const viewer = await identify(parts, scope, headers)
    const context = requestContext(parts, scope, headers, viewer)
    return answerSignedIn(c, parts, { context, token: given, returnTo })
  }
  return withProblems(parts, answer, (problem) => signInPage({ ...problem, returnTo, ...waysOf(parts) }))(c)
}

async function signOut(c: HonoContext, parts: SignInParts): Promise<Response> {
  assertFromHere(c, parts)
  const { session, context } = await sessionContext(c, parts, points.write)
  const { form_token, everywhere } = await readForm(c)
  const { sessionId } = context.viewer
  if (session !== null && sessionId !== undefined) {
    if (!isFormToken(form_token, session)) throw new AppError('FORBIDDEN', 'The form belongs to another session')
    await (everywhere === undefined ? revokeSession(context, { id: sessionId }) : revokeAllSessions(context, {}))
  }
  c.header('set-cookie', cookieText('session', '', placeOf(c, parts), 0))
  return c.redirect(`${baseOf(parts)}/-/sign-in`, 303)
}

export const signInRoutes = (parts: SignInParts) =>
  new Hono()
    .get(
      '/-/sign-in',
      withProblems(parts, (c) => showPage(c, parts)),
    )
    .post(
      '/-/sign-in',
      withProblems(parts, (c) => signIn(c, parts)),
    )
    .post(
      '/-/sign-out',
      withProblems(parts, (c) => signOut(c, parts)),
    )
    .route('/', parts.oidc ? providerRoutes(parts, parts.oidc) : new Hono())
