import { expect, test } from 'vitest'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import { CLIENT, openBrowser, useProvider } from './provider.ts'

const provider = useProvider(() => `${app.url}/-/sign-in/callback`)
const silent = useProvider(() => `${app.url}/-/sign-in/callback`)
silent.signsOut = false
const settings = (issuer: string) => ({ issuer, ...CLIENT, scopes: 'openid profile email', createsAccounts: true })
const app = useApp({ oidc: () => settings(provider.url) })

test('a link on the page for signing in leads to the sign-out of the provider, and back', async () => {
  provider.people.ada = { preferred_username: 'ada' }
  const browser = openBrowser()
  expect((await browser.signIn(app.url, 'ada')).text).toContain('<strong>ada</strong>')
  const [, formToken = ''] =
    /name="form_token" value="([^"]+)"/.exec((await browser.go(`${app.url}/-/sign-in`)).text) ?? []
  expect(formToken).not.toBe('')
  browser.jar.delete('waybill_session')
  const page = await browser.go(`${app.url}/-/sign-in`)
  expect(page.text).toContain('<a href="/-/sign-out/provider">')
  // The provider still knows the browser.
  const known = await browser.go(`${app.url}/-/sign-in/provider?return_to=/-/sign-in`)
  expect(known.text).toContain('<strong>ada</strong>')
  browser.jar.delete('waybill_session')

  const asked = await browser.go(`${app.url}/-/sign-out/provider`)
  expect(asked.url).toMatch(new RegExp(`^${provider.url}/session/end\\?`))
  const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(asked.text) ?? []
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(asked.text) ?? []
  const back = await browser.go(new URL(action, asked.url).href, { form: { xsrf, logout: 'yes' } })
  expect([back.url.split('?', 1)[0], back.status]).toEqual([`${app.url}/-/sign-in`, 200])
  const again = await browser.go(`${app.url}/-/sign-in/provider?return_to=/-/sign-in`)
  expect(again.text).toContain('name="prompt" value="login"')
})

test('a provider without a page for signing out is told with 404', async () => {
  const server = await startAnotherServer(app, { oidc: settings(silent.url) })
  const page = await openBrowser().go(`${server.url}/-/sign-out/provider`)
  expect([page.status, page.text]).toEqual([404, expect.stringContaining('no page for signing out')])
})
