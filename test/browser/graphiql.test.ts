import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ask } from '../support/server-process.ts'
import { useDemoServer } from './demo-server.ts'
import { openGraphiql, play, setHeaders, setQuery, shownAnswer } from './graphiql-page.ts'

type Release = { __type: { fields: { name: string; description: string }[] } }

const demo = useDemoServer()

/** Saves a picture of the page when SCREENSHOTS names a folder. */
async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`) })
}

test('GraphiQL opens with an example query that succeeds with a token, without the internet', async () => {
  const { page, complaints } = await openGraphiql(demo.url)
  expect(await page.title()).toBe('Waybill')
  await setHeaders(page, { Authorization: `Bearer ${demo.tokens.developer}` })
  expect(await play(page)).toMatchObject({ data: { currentUser: { username: 'developer' } } })
  await expect.poll(() => shownAnswer(page)).toContain('"tagName": "v2.0.0"')
  const shown = await shownAnswer(page)
  expect(shown).toContain('"username": "developer"')
  expect(shown).toContain('"title": "Plan 2.0"')
  expect(shown).not.toContain('"errors"')
  // The workers of the editor and of JSON, and a moment later of GraphQL. Without them Monaco falls back to the page and
  // complains.
  await expect.poll(() => page.workers().length).toBeGreaterThanOrEqual(2)
  await screenshot(page, 'answer')
  expect(complaints).toEqual([])
})

test('GraphiQL shows a guest of a private project its releases, but no tag', async () => {
  const { page, complaints } = await openGraphiql(demo.url)
  await setHeaders(page, { 'PRIVATE-TOKEN': demo.tokens.guest })
  await setQuery(page, '{ project(fullPath: "demo/secret") { releases { nodes { name tagName commit { title } } } } }')
  const answer = JSON.stringify(await play(page))
  await expect.poll(() => shownAnswer(page)).toMatch(/"name": "Release-\d+",\s+"tagName": null,\s+"commit": null/)
  expect(answer).not.toMatch(/v\d+\.\d+/)
  await screenshot(page, 'guest')
  expect(complaints).toEqual([])
})

test('the schema explorer shows the type Release and what its fields mean', async () => {
  const { data } = await ask<Release>(demo.url, '{ __type(name: "Release") { fields { name description } } }')
  const { page, complaints } = await openGraphiql(demo.url)
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
  const explorer = page.locator('.graphiql-doc-explorer')
  await explorer.getByRole('link', { name: 'Release', exact: true }).click()
  await expect.poll(() => explorer.textContent()).toContain('tagName: String')
  const text = await explorer.textContent()
  for (const { name, description } of data.__type.fields) {
    expect(text).toContain(name)
    // Shown as Markdown.
    expect(text).toContain(description.replaceAll('`', ''))
  }
  await screenshot(page, 'schema')
  expect(complaints).toEqual([])
})
