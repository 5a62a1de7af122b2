import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ask } from '../support/server-process.ts'
import { useDemoServer } from './demo-server.ts'
import { openExample } from './example-page.ts'

const demo = useDemoServer()

const shows = (page: Page, text: string | RegExp) =>
  expect.poll(() => page.getByRole('status').textContent(), { timeout: 10_000 }).toMatch(text)

const buttonsOf = (page: Page) => page.locator('#projects button').allTextContents()

async function signIn(token: string, parameters: Record<string, string> = {}) {
  const opened = await openExample('projects.html', { server: demo.url, ...parameters })
  await opened.page.getByLabel('Token').fill(token)
  await opened.page.getByRole('button', { name: 'Sign in' }).click()
  return opened
}

async function search(page: Page, words: string): Promise<void> {
  await page.getByLabel('Search').fill(words)
  await page.getByRole('button', { name: 'Find' }).click()
  await shows(page, /shown/)
}

test('the page of projects finds a project, releases from a branch that it offers, renames it and follows its old address', async () => {
  const { page, complaints } = await signIn(demo.tokens.maintainer)
  await shows(page, 'Signed in as ')
  await search(page, 'waybill')
  await page.getByRole('button', { name: 'demo/waybill', exact: true }).click()
  await shows(page, 'Opened demo/waybill')
  const names = () => page.locator('#releases a').allTextContents()
  expect(await names()).toHaveLength(5)
  await page.getByRole('button', { name: 'More releases' }).click()
  await expect.poll(async () => (await names()).length).toBeGreaterThan(5)

  await page.getByLabel('Tag').fill('v77.0.0')
  expect(await page.getByLabel('From').inputValue()).toBe('main')
  await page.getByRole('button', { name: 'Create release' }).click()
  await shows(page, 'Created v77.0.0')
  expect(await names()).toContain('v77.0.0')

  await page.getByLabel('Path').fill('renamed')
  await page.getByRole('button', { name: 'Rename project' }).click()
  await shows(page, 'demo/waybill is now demo/renamed')
  expect(await names()).toContain('v77.0.0')
  expect(await buttonsOf(page)).toContain('demo/renamed')
  expect(complaints).toEqual([])
})

test('the page of projects shows a guest no tag, nothing to release from, and nothing to rename', async () => {
  const { page } = await signIn(demo.tokens.guest, { project: 'demo/secret' })
  await shows(page, 'Opened demo/secret')
  expect(await page.locator('#releases li').count()).toBeGreaterThan(0)
  const { data } = await ask<{ project: { releases: { nodes: { tagName: string }[] } } }>(
    demo.url,
    '{ project(fullPath: "demo/secret") { releases { nodes { tagName } } } }',
    demo.tokens.developer,
  )
  const text = (await page.textContent('#project')) ?? ''
  for (const { tagName } of data.project.releases.nodes) expect(text).not.toContain(tagName)
  expect(await page.getByRole('button', { name: 'Create release' }).isVisible()).toBe(false)
  expect(await page.getByRole('button', { name: 'Rename project' }).isVisible()).toBe(false)
})

test('the page of projects says that nobody sees a private project, and that a tag is none', async () => {
  const { page } = await signIn('')
  await shows(page, 'Not signed in')
  await search(page, 'secret')
  expect(await buttonsOf(page)).toEqual([])
  const developer = await signIn(demo.tokens.developer, { project: 'demo/secret' })
  await shows(developer.page, 'Opened demo/secret')
  await developer.page.getByLabel('Tag').fill('not a tag..')
  await developer.page.getByRole('button', { name: 'Create release' }).click()
  await shows(developer.page, /tag/i)
})
