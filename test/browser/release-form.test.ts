// The form of a release with JavaScript: what helps to fill it in leaves the page where it is.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openBrowser } from './chromium.ts'
import { useDemoServer } from './demo-server.ts'

const demo = useDemoServer()

async function openForm(): Promise<Page> {
  const page = await (await (await openBrowser()).newContext()).newPage()
  await page.goto(`${demo.url}/-/sign-in?return_to=${encodeURIComponent('/demo/waybill/-/releases/new')}`)
  await page.getByLabel('Access token').fill(demo.tokens.developer)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'New release' }).waitFor()
  return page
}

test('tags are found, files attached, notes previewed and rows added without loading the page again, and the release is published', async () => {
  const page = await openForm()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.evaluate('window.stays = true')
  await page.getByLabel('Title').fill('By hand')
  await page.getByLabel('Tag', { exact: true }).fill('browser-1.0.0')
  await page.getByRole('button', { name: 'Find tags' }).click()
  await page.getByText('No tag has such a name').waitFor()
  await page.getByLabel('Create the tag from').fill('main')
  await page.getByLabel('Release notes').fill('Some **bold** notes')
  await page.getByLabel('Files for the notes').setInputFiles({
    ...{ name: 'plan.png', mimeType: 'image/png', buffer: Buffer.from('picture') },
  })
  await expect
    .poll(() => page.getByLabel('Release notes').inputValue())
    .toMatch(/^Some \*\*bold\*\* notes\n\n!\[plan\]/)
  await page.getByRole('button', { name: 'Preview the notes' }).click()
  await page.locator('#preview strong').getByText('bold').waitFor()
  await page.getByRole('button', { name: 'More rows' }).click()
  await page.getByLabel('URL', { exact: true }).nth(4).fill('https://example.com/tool')
  await page.getByLabel('Name', { exact: true }).nth(4).fill('tool')
  expect([await page.evaluate('window.stays'), await page.getByLabel('Title').inputValue()]).toEqual([true, 'By hand'])
  await page.getByRole('button', { name: 'Publish release' }).click()
  await page.getByRole('heading', { name: 'By hand' }).waitFor()
  await page.getByRole('link', { name: 'tool' }).waitFor()
  expect(complaints).toEqual([])
})

test('a file that is dropped into the notes is attached, and a refused part says why and loses nothing', async () => {
  const page = await openForm()
  await page.getByLabel('Release notes').fill('Look:')
  await page.evaluate(`
    const files = new DataTransfer()
    files.items.add(new File(['log'], 'run.txt'))
    document.querySelector('#description').dispatchEvent(
      new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }))`)
  await expect.poll(() => page.getByLabel('Release notes').inputValue()).toMatch(/^Look:\n\n\[run\.txt\]\(\/uploads\//)
  await page.getByLabel('Files for the notes').setInputFiles({
    ...{ name: 'large.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(17_000_000) },
  })
  await page.getByText('The form cannot be read, or is too large').waitFor()
  expect(await page.getByLabel('Release notes').inputValue()).toMatch(/^Look:/)
})

test('a file that is chosen right before the release is published is stored once, and without a tag the page says what is missing', async () => {
  const page = await openForm()
  const tag = `once-${Date.now()}`
  const tool = { name: 'tool.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('the tool') }
  await page.getByLabel('Files to download').setInputFiles(tool)
  await page.getByText('A tag is needed before files are added').waitFor()
  await page.getByLabel('Tag', { exact: true }).fill(tag)
  await page.getByLabel('Files to download').setInputFiles([])
  await page.getByLabel('Files to download').setInputFiles(tool)
  await page.getByRole('button', { name: 'Publish release' }).click()
  await page.getByRole('link', { name: 'tool.bin' }).waitFor()
  const headers = { 'private-token': demo.tokens.maintainer }
  const events = await (await fetch(`${demo.url}/demo/waybill/-/audit_events`, { headers })).text()
  expect(events.match(new RegExp(`(?:Uploaded|Replaced) file tool\\.bin of package waybill ${tag}`, 'g'))).toHaveLength(
    1,
  )
})

test('files that are chosen at once for the notes and for the downloads are each stored once, and nothing that is typed is lost', async () => {
  const page = await openForm()
  const tag = `both-${Date.now()}`
  const file = (name: string) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(name) })
  await page.getByLabel('Tag', { exact: true }).fill(tag)
  await page.getByLabel('Files for the notes').setInputFiles(file('notes.bin'))
  await page.getByLabel('Files to download').setInputFiles(file('tool.bin'))
  await page.getByLabel('Title', { exact: true }).fill('Typed meanwhile')
  await page.getByRole('button', { name: 'Publish release' }).click()
  await page.getByRole('heading', { name: 'Typed meanwhile' }).first().waitFor()
  const shown = await page.locator('main').innerHTML()
  expect(shown.match(/>notes\.bin<\/a>/g)).toHaveLength(1)
  expect(shown.match(/>tool\.bin<\/a>/g)).toHaveLength(1)
})
