import { html } from 'hono/html'
import { accountNav } from '../account/account-nav.ts'
import type { Markup } from '../kit/layout.ts'

/** `base` is the path of BASE_URL, and `returnTo` a path behind it. */
type Place = { base: string; returnTo: string }

type SignIn = Place & { problem?: string; provider?: string | null; isDemo?: boolean }

/** `provider` is the host of the provider at which people may sign in. */
export const signInPage = ({ base, returnTo, problem, provider, isDemo }: SignIn): Markup => html`<h1>Sign in</h1>
${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
${provider ? html`<p><a href="${base}/-/sign-in/provider?return_to=${encodeURIComponent(returnTo)}">Sign in with ${provider}</a></p>` : ''}
<form method="post" action="${base}/-/sign-in">
<input type="hidden" name="return_to" value="${returnTo}">
<p><label>Access token<br><input type="password" name="token" required autocomplete="current-password" size="50"></label></p>
<p><button>Sign in</button></p>
</form>
<p><small>A token with the scope <code>read_api</code> gives a session that only reads.</small></p>
${isDemo ? html`<p><small>This server was started with a demo: the file <code>demo.json</code> in its data folder (<code>.waybill</code> if nothing else was said) has a token for each role, such as <code>maintainer</code>.</small></p>` : ''}
${provider ? html`<p><small>Signing out here does not sign you out there: <a href="${base}/-/sign-out/provider">sign out of ${provider}</a></small></p>` : ''}`

type SignedIn = Place & { username: string; formToken: string }

export const signedInPage = ({
  base,
  returnTo,
  username,
  formToken,
}: SignedIn): Markup => html`${accountNav({ baseUrl: base })}
<h1>Signed in</h1>
<p>You are signed in as <strong>${username}</strong>. <a href="${base}${returnTo}">Go on</a></p>
<form method="post" action="${base}/-/sign-out">
<input type="hidden" name="form_token" value="${formToken}">
<p><button>Sign out</button> <button name="everywhere" value="true">Sign out everywhere</button></p>
</form>`

export const problemPage = ({ base, problem }: { base: string; problem: string }): Markup => html`<h1>Sign in</h1>
<p role="alert">${problem}</p>
<p><a href="${base}/-/sign-in">Back to the page for signing in</a></p>`
