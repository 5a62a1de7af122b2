// The main pages look as the pictures beside this file. `PICTURES=write npm run test:browser -- test/browser/pictures.test.ts` makes new
// ones, to be looked at before they are kept. What depends on the day is replaced first. Fonts differ from machine to machine, so the
// pictures are compared small and with some tolerance: what is noticed is a page without its styles, its colours or one of its parts.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openBrowser } from './chromium.ts'
import { useDemoServer } from './demo-server.ts'

const demo = useDemoServer()
const folder = new URL('pictures/', import.meta.url)

const pages = {
  explore: '/-/explore',
  releases: '/demo/waybill/-/releases',
  release: '/demo/waybill/-/releases/v1.0.0',
  'new-release': '/demo/waybill/-/releases/new',
  group: '/groups/demo',
} as const

const MOST_DIFFERENT = 0.1

const STILL = `(() => {
  for (const time of document.querySelectorAll('time')) time.textContent = '2026-01-01, 12:00 UTC'
  for (const code of document.querySelectorAll('code')) {
    if (/^[0-9a-f]{8,64}$/.test(code.textContent)) code.textContent = '0'.repeat(code.textContent.length)
  }
  for (const chart of document.querySelectorAll('svg')) chart.style.visibility = 'hidden'
})()`

/** The share of points that differ much, where each point is eight pixels wide and high. */
const COMPARE = `async ([before, after]) => {
  const points = async (data) => {
    const image = new Image()
    image.src = 'data:image/png;base64,' + data
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width / 8
    canvas.height = image.height / 8
    const drawing = canvas.getContext('2d')
    drawing.drawImage(image, 0, 0, canvas.width, canvas.height)
    return drawing.getImageData(0, 0, canvas.width, canvas.height).data
  }
  const [a, b] = [await points(before), await points(after)]
  if (a.length !== b.length) return 1
  let different = 0
  for (let at = 0; at < a.length; at += 4) {
    if ([0, 1, 2].some((channel) => Math.abs(a[at + channel] - b[at + channel]) > 64)) different++
  }
  return different / (a.length / 4)
}`

async function signIn(page: Page): Promise<void> {
  await page.goto(`${demo.url}/-/sign-in`)
  await page.getByLabel('Access token').fill(demo.tokens.owner)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Signed in as owner').first().waitFor()
}

async function compare(browser: Browser, name: string, picture: Buffer): Promise<number> {
  const file = new URL(`${name}.png`, folder)
  if (process.env.PICTURES === 'write') {
    await mkdir(folder, { recursive: true })
    await writeFile(file, picture)
  }
  const known = await readFile(file)
  const blank = await browser.newPage()
  const both = JSON.stringify([known.toString('base64'), picture.toString('base64')])
  const share = await blank.evaluate<number>(`(${COMPARE})(${both})`)
  await blank.close()
  return share
}

test.each([
  [360, 'light'],
  [360, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const)('the main pages look as before, %i px wide and %s', async (width, colorScheme) => {
  const browser = await openBrowser()
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
  const page = await context.newPage()
  await signIn(page)
  const different: Record<string, number> = {}
  for (const [name, address] of Object.entries(pages)) {
    await page.goto(demo.url + address)
    await page.evaluate(STILL)
    const share = await compare(browser, `${name}-${width}-${colorScheme}`, await page.screenshot())
    if (share > MOST_DIFFERENT) different[name] = share
    expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'), name).toBe(true)
  }
  expect(different).toEqual({})
})
