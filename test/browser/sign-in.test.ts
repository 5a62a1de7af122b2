import { expect, test } from 'vitest'
import { useDemoServer } from './demo-server.ts'
import { openGraphiql, play } from './graphiql-page.ts'

const demo = useDemoServer()

test('a browser signs in from GraphiQL with a token, asks as its account, and signs out', async () => {
  const { page, complaints } = await openGraphiql(demo.url)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Access token').fill(demo.tokens.developer)
  // Until GraphiQL knows the schema, a press of its button may be lost.
  const schemaRead = page.waitForResponse((response) => /IntrospectionQuery/.test(response.request().postData() ?? ''))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${demo.url}/graphql`)
  await schemaRead
  expect(await play(page)).toMatchObject({ data: { currentUser: { username: 'developer' } } })
  const cookies = await page.context().cookies()
  expect(cookies).toMatchObject([{ name: 'waybill_session', httpOnly: true, sameSite: 'Lax', path: '/' }])
  await page.getByRole('link', { name: 'Signed in as developer' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByLabel('Access token').waitFor()
  const readAgain = page.waitForResponse((response) => /IntrospectionQuery/.test(response.request().postData() ?? ''))
  await page.goto(`${demo.url}/graphql`)
  await readAgain
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
