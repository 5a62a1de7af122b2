// Signing in at the provider: the browser is sent there, and comes back with an answer that the server redeems.
import { Hono, type Context as HonoContext } from 'hono'
import { anonymous } from '../../../access/viewer.ts'
import { createProvider } from '../../../authentication/openid-provider.ts'
import { AppError, invalid } from '../../../foundation/errors.ts'
import { signInAtProvider } from '../../../modules/accounts/sign-in-at-provider.ts'
import { points } from '../../../request/rate-limits/rate-limits.ts'
import { requestContext } from '../../../request/request-context.ts'
import { scopeIn } from '../../hono-context.ts'
import { cookieIn, cookieText, placeOf } from '../../session-cookie.ts'
import { createPendingSignIns, PENDING_SECONDS } from './pending-sign-in.ts'
import { pathToReturnTo } from './return-to.ts'
import { answerSignedIn, type OidcSettings, type SignInParts, withProblems } from './sign-in-request.ts'

const COOKIE = 'sign_in'

export function providerRoutes(parts: SignInParts, settings: OidcSettings): Hono {
  const provider = createProvider(settings)
  const { baseUrl, rateLimits } = parts
  const callback = `${baseUrl}/-/sign-in/callback`
  const pendings = createPendingSignIns(settings)

  async function begin(c: HonoContext): Promise<Response> {
    await rateLimits.spend(scopeIn(c), null, points.write)
    const { location, expected } = await provider.begin(callback)
    const sealed = await pendings.seal({ ...expected, returnTo: pathToReturnTo(c.req.query('return_to')) })
    c.header('set-cookie', cookieText(COOKIE, sealed, placeOf(c, parts), PENDING_SECONDS))
    c.header('cache-control', 'no-store')
    return c.redirect(location.href, 302)
  }

  async function finish(c: HonoContext): Promise<Response> {
    const scope = scopeIn(c)
    await rateLimits.spend(scope, null, points.write)
    const place = placeOf(c, parts)
    const pending = await pendings.open(cookieIn(c.req.raw.headers, COOKIE, place))
    c.header('set-cookie', cookieText(COOKIE, '', place, 0))
    if (!pending) throw invalid('The sign-in has ended, or was begun in another browser: sign in again')
    const answer = new URL(callback)
    answer.search = new URL(c.req.url).search
    const identity = await provider.finish(answer, pending)
    const context = requestContext(parts, scope, { get: () => null }, anonymous())
    await signInAtProvider(context, identity, settings)
    return answerSignedIn(c, parts, { context, token: null, returnTo: pending.returnTo })
  }

  /** It ends no session here, so a link may lead here. The provider asks, because it is not told who signs out. */
  async function signOut(c: HonoContext): Promise<Response> {
    await rateLimits.spend(scopeIn(c), null, points.write)
    const location = await provider.signOutAt(`${baseUrl}/-/sign-in`)
    if (!location) throw new AppError('NOT_FOUND', 'The provider has no page for signing out')
    c.header('cache-control', 'no-store')
    return c.redirect(location.href, 302)
  }

  const logged = (handle: (c: HonoContext) => Promise<Response>) => (c: HonoContext) =>
    handle(c).catch((error) => {
      scopeIn(c).log.warn({ err: error.cause ?? error }, 'a sign-in at the provider failed')
      throw error
    })
  return new Hono()
    .get('/-/sign-in/provider', withProblems(parts, logged(begin)))
    .get('/-/sign-in/callback', withProblems(parts, logged(finish)))
    .get('/-/sign-out/provider', withProblems(parts, logged(signOut)))
}
