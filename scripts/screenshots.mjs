// Makes the pictures of the README from the demo, in Debian's Chromium: npm run screenshots.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = path.join(root, 'docs', 'pictures')

/** The pages, and who sees them. */
const pictures = [
  { name: 'releases', address: '/demo/waybill/-/releases', as: 'maintainer' },
  { name: 'new-release', address: '/demo/waybill/-/releases/new', as: 'maintainer' },
  { name: 'group', address: '/groups/demo', as: 'owner' },
]

const dataDir = await mkdtemp(path.join(tmpdir(), 'waybill-pictures-'))
// Root runs PostgreSQL as another user, who must be able to enter.
await chmod(dataDir, 0o755)
const server = spawn(process.execPath, [path.join(root, 'bin', 'waybill.js'), 'serve'], {
  env: { ...process.env, DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'json' },
  stdio: ['ignore', 'pipe', 'inherit'],
})

async function addressOf() {
  for await (const line of createInterface({ input: server.stdout })) {
    const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
    if (found) return found
  }
  throw new Error('the server ended before it listened')
}

try {
  const url = await addressOf()
  server.stdout.resume()
  const { tokens } = JSON.parse(await readFile(path.join(dataDir, 'demo.json'), 'utf8'))
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  await mkdir(folder, { recursive: true })
  for (const { name, address, as } of pictures) {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
    await page.goto(`${url}/-/sign-in?return_to=${encodeURIComponent(address)}`)
    await page.getByLabel('Access token').fill(tokens[as])
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(url + address)
    await page.screenshot({ path: path.join(folder, `${name}.png`) })
  }
  await browser.close()
} finally {
  server.kill('SIGTERM')
  await once(server, 'exit')
  await rm(dataDir, { recursive: true, force: true })
}
