import { expect, test } from 'vitest'
import { useDemoServer } from './demo-server.ts'
import { openGraphiql, play, setQuery } from './graphiql-page.ts'

const demo = useDemoServer()

const WHO = '{ currentUser { username } project(fullPath: "demo/waybill") { name } }'

test('a browser signs in from GraphiQL with a token, asks as its account, and signs out', async () => {
  const { page, complaints } = await openGraphiql(demo.url)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Access token').fill(demo.tokens.developer)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${demo.url}/graphql`)
  await setQuery(page, WHO)
  expect(await play(page)).toMatchObject({ data: { currentUser: { username: 'developer' } } })
  const cookies = await page.context().cookies()
  expect(cookies).toMatchObject([{ name: 'waybill_session', httpOnly: true, sameSite: 'Lax', path: '/' }])
  await page.getByRole('link', { name: 'Signed in as developer' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByLabel('Access token').waitFor()
  await page.goto(`${demo.url}/graphql`)
  await setQuery(page, WHO)
  expect(await play(page)).toMatchObject({ data: { currentUser: null } })
  expect(complaints).toEqual([])
})

test('a wrong token is told on the page, in Chromium too', async () => {
  const { page } = await openGraphiql(demo.url)
  await page.goto(`${demo.url}/-/sign-in?return_to=/graphql`)
  await page.getByLabel('Access token').fill('wbt_wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  expect(await page.getByRole('alert').textContent()).toContain('unknown, expired or revoked')
  expect(await page.context().cookies()).toEqual([])
})
