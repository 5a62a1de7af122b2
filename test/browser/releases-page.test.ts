import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { ask } from '../support/server-process.ts'
import { openBrowser } from './chromium.ts'
import { useDemoServer } from './demo-server.ts'

type Release = { name: string; tagName: string; assets: { links: { nodes: { directAssetUrl: string }[] } } }
type Releases = { project: { releases: { count: number; nodes: Release[] } } }

const demo = useDemoServer()

/** The example at an origin of its own, as somebody's website would have it. */
async function serveExample(): Promise<string> {
  const html = await readFile(new URL('../../examples/releases.html', import.meta.url))
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/releases.html')) response.setHeader('content-type', 'text/html').end(html)
    else response.writeHead(204).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/releases.html`
}

async function openExample(project: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await openBrowser()).newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${await serveExample()}?${new URLSearchParams({ server: demo.url, project })}`)
  await expect.poll(() => page.getByRole('status').textContent()).not.toBe('Loading …')
  return { page, complaints }
}

test('the page of releases lists the releases of a public project, on a website of another origin', async () => {
  const { data } = await ask<Releases>(
    demo.url,
    `{ project(fullPath: "demo/waybill") { releases(first: 10) {
      count nodes { name tagName assets { links { nodes { directAssetUrl } } } } } } }`,
  )
  const { count, nodes } = data.project.releases
  const { page, complaints } = await openExample('demo/waybill')
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
  const { page } = await openExample('demo/secret')
  expect(await page.getByRole('status').textContent()).toBe('There is no project demo/secret, or it is not public.')
  expect(await page.locator('#releases > li').count()).toBe(0)
})
