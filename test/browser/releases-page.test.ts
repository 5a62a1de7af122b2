import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ask } from '../support/server-process.ts'
import { useDemoServer } from './demo-server.ts'
import { openExample } from './example-page.ts'

type Release = { name: string; tagName: string; assets: { links: { nodes: { directAssetUrl: string }[] } } }
type Releases = { project: { releases: { count: number; nodes: Release[] } } }

const demo = useDemoServer()

async function openReleases(project: string): Promise<{ page: Page; complaints: string[] }> {
  const opened = await openExample('releases.html', { server: demo.url, project })
  await expect.poll(() => opened.page.getByRole('status').textContent()).not.toBe('Loading …')
  return opened
}

test('the page of releases lists the releases of a public project, on a website of another origin', async () => {
  const { data } = await ask<Releases>(
    demo.url,
    `{ project(fullPath: "demo/waybill") { releases(first: 10) {
      count nodes { name tagName assets { links { nodes { directAssetUrl } } } } } } }`,
  )
  const { count, nodes } = data.project.releases
  const { page, complaints } = await openReleases('demo/waybill')
  const names = () => page.locator('#releases > li > a').allTextContents()
  expect(await names()).toEqual(nodes.map(({ name }) => name))
  expect(await page.locator('.tag').allTextContents()).toEqual(nodes.map(({ tagName }) => tagName))
  const links = await page.locator('#releases ul a').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
  expect(links.length).toBeGreaterThan(0)
  expect(links).toEqual(nodes.flatMap(({ assets }) => assets.links.nodes.map(({ directAssetUrl }) => directAssetUrl)))
  const more = page.getByRole('button', { name: 'More' })
  while (await more.isVisible()) {
    const shown = (await names()).length
    await more.click()
    await expect.poll(async () => (await names()).length).toBeGreaterThan(shown)
    await expect.poll(() => more.isDisabled()).toBe(false)
  }
  expect(await names()).toHaveLength(count)
  expect(complaints).toEqual([])
})

test('the page of releases says that a private project is not there', async () => {
  const { page } = await openReleases('demo/secret')
  expect(await page.getByRole('status').textContent()).toBe('There is no project demo/secret, or it is not public.')
  expect(await page.locator('#releases > li').count()).toBe(0)
})
