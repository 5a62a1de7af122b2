// Tables on a telephone, and on a screen that is zoomed to 400 %.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { openBrowser } from './chromium.ts'
import { useDemoServer } from './demo-server.ts'

const demo = useDemoServer()
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PROJECT = '/demo/waybill/-'

async function write(method: string, path: string, body: object | string, type = 'application/json'): Promise<void> {
  const response = await fetch(`${demo.url}/api/v4/${path}`, {
    method,
    headers: { 'private-token': demo.tokens.owner, 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  // A test that is tried again finds what it wrote.
  if (!response.ok && response.status !== 409) throw new Error(`${path}: ${await response.text()}`)
}

/** Everything that a table of a page can show. */
async function fill(): Promise<void> {
  await write('PUT', 'projects/demo%2Fwaybill/packages/generic/waybill/5.0.0/notes.txt', 'bytes', 'text/plain')
  await write('POST', 'projects/demo%2Fwaybill/protected_tags', { name: 'release-candidate-*' })
  await write('PUT', 'projects/demo%2Fwaybill/notification_settings', { level: 'watch' })
  await write('POST', 'projects/demo%2Fwaybill/releases', { tag_name: 'v50.0.0', ref: 'main' })
}

async function openPage(width: number): Promise<Page> {
  const browser = await openBrowser()
  const page = await (await browser.newContext({ bypassCSP: true, viewport: { width, height: 800 } })).newPage()
  await page.goto(`${demo.url}/-/sign-in`)
  await page.getByLabel('Access token').fill(demo.tokens.owner)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Signed in as owner').first().waitFor()
  return page
}

const firstBelow = (page: Page, path: string) =>
  page.locator(`main a[href*="${path}/"]`).filter({ hasNotText: 'New' }).first().getAttribute('href')

/** The pages with tables. */
async function addresses(page: Page): Promise<string[]> {
  const lists = ['audit_events', 'members', 'deploy_freezes', 'protected_tags', 'packages'].map(
    (name) => `${demo.url}${PROJECT}/${name}`,
  )
  await page.goto(`${demo.url}${PROJECT}/packages`)
  const files = await firstBelow(page, '/packages')
  await page.goto(`${demo.url}${PROJECT}/hooks`)
  const deliveries = await firstBelow(page, '/hooks')
  const own = ['tokens', 'notifications'].map((name) => `${demo.url}/-/${name}`)
  const groups = ['members', 'audit_events'].map((name) => `${demo.url}/groups/demo/-/${name}`)
  return [...lists, files ?? '', deliveries ?? '', ...own, ...groups]
}

/** Words of up to 20 characters that stand on more than one line, and cells that something sticks out of. */
const BROKEN = `(() => {
  const broken = new Set()
  for (const cell of document.querySelectorAll('main table :is(th, td)')) {
    if (cell.scrollWidth > cell.clientWidth) broken.add(cell.outerHTML)
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      for (const { 0: word, index } of texts.currentNode.data.matchAll(/[\\p{L}\\p{N}_.:@*]+/gu)) {
        const range = document.createRange()
        range.setStart(texts.currentNode, index)
        range.setEnd(texts.currentNode, index + word.length)
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)))
        if (word.length <= 20 && lines.size > 1) broken.add(word)
      }
    }
  }
  return [...broken]
})()`

const OVERFLOWS = `(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector('.wide'))`
const SCROLLED = `document.activeElement.scrollLeft`

type Finding = { nodes: { html: string }[] }

async function unreachable(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate<{ violations: Finding[] }>(
    `${axe}; axe.run(document, { runOnly: ['scrollable-region-focusable', 'landmark-unique', 'aria-allowed-role'] })`,
  )
  return violations.flatMap(({ nodes }) => nodes.map(({ html }) => html))
}

beforeAll(fill)

test.each([360, 320])(
  'tables keep their words whole at %i px, and scroll in their own boxes, by the keyboard too',
  async (width) => {
    const page = await openPage(width)
    let scrolled = 0
    for (const address of await addresses(page)) {
      await page.goto(address)
      expect(await page.locator('main table tbody tr').count(), address).toBeGreaterThan(0)
      expect(await page.evaluate(BROKEN), address).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), address).toBe(true)
      expect(await unreachable(page), address).toEqual([])
      if (!(await page.evaluate<boolean>(OVERFLOWS))) continue
      await page.getByRole('region', { name: /\w/ }).focus()
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => page.evaluate<number>(SCROLLED), { message: address }).toBeGreaterThan(0)
      scrolled++
    }
    expect(scrolled).toBeGreaterThan(3)
  },
)

test.each([1280, 360, 320])(
  'a table in the notes of a release keeps its words whole, and the page does not scroll sideways at %i px',
  async (width) => {
    const page = await openPage(width)
    const row = (word: string) => `|${` ${word} |`.repeat(12)}\n`
    const body = {
      tag_name: `v60.0.${width}`,
      ref: 'main',
      description: row('heading') + row('---') + row('performance'),
    }
    await write('POST', 'projects/demo%2Fwaybill/releases', body)
    await page.goto(`${demo.url}${PROJECT}/releases/v60.0.${width}`)
    expect(await page.locator('main table').count()).toBe(1)
    expect(await page.evaluate(BROKEN)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  },
)
