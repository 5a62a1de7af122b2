import { type Browser, chromium } from 'playwright-core'
import { onTestFinished } from 'vitest'

const DEBIAN_CHROMIUM = '/usr/bin/chromium'

/** Root needs --no-sandbox; the others keep Chromium from calling home, and any page from finding another machine. */
const ARGUMENTS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

/** A new browser with a new profile, closed when the test has finished. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? DEBIAN_CHROMIUM
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS })
  onTestFinished(() => browser.close())
  return browser
}
