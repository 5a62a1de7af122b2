// The life of a release in a browser: by clicks, and by the keyboard alone at 400 % zoom.
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from './chromium.ts'
import { useDemoServer } from './demo-server.ts'

const demo = useDemoServer()

/** Console errors, uncaught errors and requests to other servers. */
async function openPage(size: { width: number; height: number }): Promise<{ page: Page; complaints: string[] }> {
  const browser = await openBrowser()
  const context = await browser.newContext({ viewport: size })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(demo.url)) complaints.push(`asks for ${request.url()}`)
  })
  onTestFinished(() => context.close())
  return { page, complaints }
}

const text = (content: string) => ({ name: 'checks.txt', mimeType: 'text/plain', buffer: Buffer.from(content) })

test('somebody signs in, publishes a release with a file, a milestone and a note, changes it and deletes it, by clicks', async () => {
  const { page, complaints } = await openPage({ width: 1280, height: 900 })
  await page.goto(demo.url)
  await page.getByRole('link', { name: 'Sign in' }).click()
  // Nobody needs the documentation to find a token of the demo.
  await page.getByText('demo.json').waitFor()
  await page.getByLabel('Access token').fill(demo.tokens.maintainer)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.goto(`${demo.url}/-/explore`)
  await page.getByRole('main').getByRole('link', { name: 'demo/waybill' }).click()
  await page.getByRole('navigation').getByRole('link', { name: 'Releases', exact: true }).click()
  await page.getByRole('link', { name: 'New release' }).click()
  await page.getByLabel('Tag', { exact: true }).fill('v9.0.0')
  await page.getByLabel('Create the tag from').fill('main')
  await page.getByLabel('Title', { exact: true }).fill('Nine')
  await page.getByLabel('Release notes').fill('## New\n\nIt *works*.')
  await page.getByRole('button', { name: 'Preview the notes' }).click()
  await page.getByRole('region', { name: 'Preview' }).getByText('works').waitFor()
  await page.getByRole('group', { name: 'Milestones' }).getByRole('checkbox').first().check()
  await page.getByLabel('Files to download').setInputFiles(text('all green'))
  await page.getByRole('button', { name: 'Publish release' }).click()
  await page.getByRole('heading', { level: 1, name: 'Nine' }).waitFor()
  expect(await page.locator('main em').textContent()).toBe('works')
  const href = await page
    .getByRole('link', { name: /checks\.txt/ })
    .first()
    .getAttribute('href')
  expect(await (await page.request.get(new URL(href ?? '', page.url()).href)).text()).toBe('all green')
  await page.getByRole('link', { name: 'Edit Nine' }).click()
  await page.getByLabel('Title', { exact: true }).fill('Nine, again')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByRole('heading', { level: 1, name: 'Nine, again' }).waitFor()
  await page.getByRole('link', { name: 'Delete Nine, again' }).click()
  await page.getByRole('button', { name: 'Delete the release' }).click()
  await page.getByRole('heading', { level: 1, name: /Releases/ }).waitFor()
  expect(await page.getByRole('link', { name: 'Nine, again' }).count()).toBe(0)
  expect(complaints).toEqual([])
})

test('a wrong field is told beside it, and nothing that was filled in is lost', async () => {
  const { page } = await openPage({ width: 1280, height: 900 })
  await page.goto(`${demo.url}/-/sign-in?return_to=${encodeURIComponent('/demo/waybill/-/releases/new')}`)
  await page.getByLabel('Access token').fill(demo.tokens.developer)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Tag', { exact: true }).fill('bad..tag')
  await page.getByLabel('Create the tag from').fill('main')
  await page.getByLabel('Title', { exact: true }).fill('Kept')
  await page.getByRole('button', { name: 'Publish release' }).click()
  await page.getByRole('alert').waitFor()
  expect(await page.getByLabel('Title', { exact: true }).inputValue()).toBe('Kept')
  const tag = page.getByLabel('Tag', { exact: true })
  expect(await tag.getAttribute('aria-invalid')).toBe('true')
  const [described = ''] = ((await tag.getAttribute('aria-describedby')) ?? '').split(' ').slice(-1)
  expect(await page.locator(`[id="${described}"]`).textContent()).toMatch(/\w/)
})

/** What has the focus, as a person would name it. */
const focused = (page: Page) =>
  page.evaluate<string>(`(() => {
    const element = document.activeElement
    const label = element.labels && element.labels[0] ? element.labels[0].textContent : element.getAttribute('aria-label') ?? element.textContent
    return label.trim()
  })()`)

/** Whether what has the focus is on the screen, and shows that it has it. */
const isSeen = (page: Page) =>
  page.evaluate<boolean>(`(() => {
    const element = document.activeElement
    const { top, bottom } = element.getBoundingClientRect()
    const { outlineStyle, boxShadow } = getComputedStyle(element)
    return bottom > 0 && top < innerHeight && (outlineStyle !== 'none' || boxShadow !== 'none')
  })()`)

async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let step = 0; step < 150; step++) {
    await page.keyboard.press('Tab')
    const found = await focused(page)
    if (typeof name === 'string' ? found === name : name.test(found))
      return expect(await isSeen(page), found).toBe(true)
  }
  throw new Error(`Tab never comes to ${name} on ${page.url()}`)
}

const fits = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth')

test('a release is published, changed and deleted by the keyboard alone, at 400 % zoom', async () => {
  // A window of 1280 by 1024 at 400 %.
  const { page, complaints } = await openPage({ width: 320, height: 256 })
  const press = async (name: string | RegExp, key = 'Enter') => {
    await tabTo(page, name)
    await Promise.all([page.waitForNavigation(), page.keyboard.press(key)])
    expect(await fits(page), page.url()).toBe(true)
  }
  const type = async (name: string, words: string) => {
    await tabTo(page, name)
    await page.keyboard.press('Control+A')
    await page.keyboard.type(words)
  }
  await page.goto(demo.url)
  await press('Sign in')
  await type('Access token', demo.tokens.maintainer)
  await press('Sign in')
  await page.goto(`${demo.url}/-/explore`)
  await press('demo/waybill')
  await press('Releases')
  await press('New release')
  await type('Tag', 'v10.0.0')
  await type('Create the tag from', 'main')
  await type('Title', 'Ten')
  await type('Release notes', 'By keyboard.')
  await press('Publish release')
  await page.getByRole('heading', { level: 1, name: 'Ten' }).waitFor()
  await press('Edit Ten')
  await type('Title', 'Ten, again')
  await press('Save changes')
  await press('Delete Ten, again')
  await press('Delete the release')
  await page.getByRole('heading', { level: 1, name: /Releases/ }).waitFor()
  expect(await page.getByRole('link', { name: 'Ten, again' }).count()).toBe(0)
  expect(complaints).toEqual([])
}, 120_000)
