import type { Locator, Page, Response } from 'playwright-core'
import { openBrowser } from './chromium.ts'

const STEP_MS = 20_000

export type GraphiqlPage = {
  page: Page
  /** Console errors, uncaught errors and requests to anywhere but the server: there must be none. */
  complaints: string[]
}

/** GraphiQL in a new browser with a new profile, closed when the test has finished. */
export async function openGraphiql(url: string): Promise<GraphiqlPage> {
  const browser = await openBrowser()
  const context = await browser.newContext({
    viewport: { width: 1600, height: 1000 },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  // Below the test's time limit, so that a failure names the step.
  context.setDefaultTimeout(STEP_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`))
  page.on('websocket', (socket) => complaints.push(`socket: ${socket.url()}`))
  await context.route(
    ({ origin }) => origin !== url,
    (route) => {
      complaints.push(`request: ${route.request().url()}`)
      return route.abort()
    },
  )
  const schemaRead = answerOf(page, /IntrospectionQuery/)
  await page.goto(`${url}/graphql`)
  await schemaRead
  return { page, complaints }
}

/** The next answer to a request whose body matches. */
const answerOf = (page: Page, body: RegExp, timeout = 20_000): Promise<Response> =>
  page.waitForResponse((response) => body.test(response.request().postData() ?? ''), { timeout })

const editor = (page: Page, name: string): Locator =>
  page.getByRole('region', { name, exact: true }).locator('.monaco-editor').filter({ visible: true })

/** Pastes the text, because Monaco would close brackets and quotes that are typed. */
async function paste(page: Page, into: Locator, text: string): Promise<void> {
  await page.evaluate((value) => navigator.clipboard.writeText(value), text)
  await into.click()
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Control+V')
}

export const setHeaders = (page: Page, headers: Record<string, string>) =>
  paste(page, editor(page, 'Headers'), JSON.stringify(headers))

export const setQuery = (page: Page, query: string) => paste(page, editor(page, 'Operation Editor'), query)

/** GraphiQL takes up what was pasted a moment later, and a press before that may be lost. */
const PRESSES = 3
const PATIENCE_MS = 7000

/** Presses play until the server answers the query, because a press may be lost. The query must ask for a project. */
export async function play(page: Page): Promise<unknown> {
  for (let press = 1; press <= PRESSES; press++) {
    const answered = answerOf(page, /project\(fullPath/, PATIENCE_MS).catch(() => null)
    await page.getByRole('button', { name: 'Execute query' }).click()
    const answer = await answered
    if (answer) return answer.json()
  }
  throw new Error('GraphiQL sent no query')
}

/** The part of the answer that the window shows, with plain spaces. */
export const shownAnswer = (page: Page): Promise<string> =>
  editor(page, 'Result Window')
    .locator('.view-lines')
    .textContent()
    .then((text) => (text ?? '').replaceAll('\u00a0', ' '))
