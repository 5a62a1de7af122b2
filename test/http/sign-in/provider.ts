// A real OpenID Connect provider, and a browser without a window that signs in there.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { afterAll, beforeAll } from 'vitest'

type Person = { preferred_username?: string; name?: string; email?: string; email_verified?: boolean }

export const CLIENT = { clientId: 'waybill', clientSecret: 'a-secret-of-the-client-that-is-long-enough' }

export type TestProvider = {
  url: string
  /** What the provider knows, by subject. A subject that is missing here has no claims. */
  people: Record<string, Person>
  /** Whether it has a page for signing out. Decided when it is first asked. */
  signsOut: boolean
  /** The paths that the provider answers with 500. */
  broken: RegExp | null
}

/** The provider of a test file. Call this before `useApp`, whose address `callback` tells later. */
export function useProvider(callback: () => string): TestProvider {
  const test: TestProvider = { url: '', people: {}, signsOut: true, broken: null }
  const server = createServer()
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    test.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    let answer: RequestListener | undefined
    server.on('request', (request, response) => {
      if (test.broken?.test(request.url ?? '')) return void response.writeHead(500).end()
      answer ??= createProvider(test, callback()).callback()
      void answer(request, response)
    })
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return test
}

const createProvider = (test: TestProvider, callback: string) =>
  new Provider(test.url, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [callback],
        post_logout_redirect_uris: [new URL('/-/sign-in', callback).href],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    cookies: { keys: ['a key of the test'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: test.signsOut } },
    findAccount: (_context, sub) => ({ accountId: sub, claims: async () => ({ sub, ...test.people[sub] }) }),
  })

export type Page = { url: string; status: number; text: string }

/** Follows redirects and keeps cookies. Cookies do not tell ports apart, so one jar does for all servers of a test. */
export function openBrowser() {
  const jar = new Map<string, string>()
  const keep = (response: Response) => {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';', 1)
      const [name = ''] = pair.split('=', 1)
      const value = pair.slice(name.length + 1)
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
  }

  /** `stopAt`: an address that is not asked for. The page is then empty. */
  async function go(
    address: string,
    { form, stopAt }: { form?: Record<string, string>; stopAt?: RegExp } = {},
  ): Promise<Page> {
    let url = address
    let body = form ? new URLSearchParams(form) : null
    for (let hop = 0; hop < 20; hop++) {
      if (stopAt?.test(url)) return { url, status: 0, text: '' }
      const headers = { cookie: [...jar].map((pair) => pair.join('=')).join('; '), 'sec-fetch-site': 'none' }
      const response = await fetch(url, { method: body ? 'POST' : 'GET', body, headers, redirect: 'manual' })
      keep(response)
      const location = response.headers.get('location')
      const text = await response.text()
      if (location === null) return { url, status: response.status, text }
      url = new URL(location, url).href
      body = null
    }
    throw new Error('too many redirects')
  }

  /** Begins at a server, and signs in at the provider as this subject. */
  async function signIn(server: string, subject: string, stopAt?: RegExp): Promise<Page> {
    const options = stopAt ? { stopAt } : {}
    let page = await go(`${server}/-/sign-in/provider?return_to=/-/sign-in`, options)
    for (let step = 0; step < 3; step++) {
      const [, action] = /<form[^>]* action="([^"]+)"/.exec(page.text) ?? []
      const [, prompt] = /name="prompt" value="(login|consent)"/.exec(page.text) ?? []
      if (action === undefined || prompt === undefined) return page
      page = await go(new URL(action, page.url).href, { form: { prompt, login: subject, password: 'x' }, ...options })
    }
    return page
  }
  return { jar, go, signIn }
}
