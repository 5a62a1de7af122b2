import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { openBrowser } from './chromium.ts'

/** Serves an example at an origin of its own, as somebody's website would have it. */
async function serveExample(name: string): Promise<string> {
  const html = await readFile(new URL(`../../examples/${name}`, import.meta.url))
  const server = createServer((request, response) => {
    if (request.url?.startsWith(`/${name}`)) response.setHeader('content-type', 'text/html').end(html)
    else response.writeHead(204).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`
}

/** An example in a browser, and what the browser complained about. */
export async function openExample(
  name: string,
  parameters: Record<string, string>,
): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await openBrowser()).newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${await serveExample(name)}?${new URLSearchParams(parameters)}`)
  return { page, complaints }
}
