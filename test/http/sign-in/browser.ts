import type { TestApp } from '../../support/app.ts'

/** What a browser adds to a request that a page of the server sends. */
export const FROM_HERE = { 'sec-fetch-site': 'same-origin' }

export type Sent = { headers?: Record<string, string>; form?: Record<string, string> }

/** Sends a form, and does not follow redirects. */
export const post = (app: TestApp, path: string, { headers = FROM_HERE, form = {} }: Sent): Promise<Response> =>
  fetch(app.url + path, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(form) })

export const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''

/** Signs in with a token, and returns the cookie. */
export async function signIn(app: TestApp, token: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await post(app, '/-/sign-in', { form: { token }, headers: { ...FROM_HERE, ...headers } })
  if (response.status !== 303) throw new Error(`${response.status}: ${await response.text()}`)
  return cookieOf(response)
}

/** The page for signing in, as the browser with this cookie sees it. */
const signInPage = async (app: TestApp, cookie?: string): Promise<string> =>
  (await fetch(`${app.url}/-/sign-in`, { headers: cookie ? { cookie } : {} })).text()

export async function signedInAs(app: TestApp, cookie: string): Promise<string | null> {
  return /signed in as <strong>([^<]+)</.exec(await signInPage(app, cookie))?.[1] ?? null
}

/** The token in the forms of the session. */
export const formTokenOf = async (app: TestApp, cookie: string): Promise<string> =>
  /name="form_token" value="([^"]+)"/.exec(await signInPage(app, cookie))?.[1] ?? ''
