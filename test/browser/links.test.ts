import { expect, test } from 'vitest'
import { openBrowser } from './chromium.ts'
import { useDemoServer } from './demo-server.ts'

const demo = useDemoServer()

const LOOK = `(selector) => {
  const { color, textDecorationLine } = getComputedStyle(document.querySelector(selector))
  return { color, textDecorationLine }
}`

test.each(['light', 'dark'] as const)(
  'a tag and a commit that are links look like every other link, %s',
  async (colorScheme) => {
    const page = await (await (await openBrowser()).newContext({ colorScheme })).newPage()
    await page.goto(`${demo.url}/demo/waybill/-/releases`)
    const lookOf = (selector: string) =>
      page.evaluate<{ color: string; textDecorationLine: string }>(`(${LOOK})(${JSON.stringify(selector)})`)
    const link = await lookOf('main h2 a')
    expect(link.textDecorationLine).toBe('underline')
    expect(await lookOf('main a[href*="/-/tags/"] code')).toEqual(link)
    expect(await lookOf('main a[href*="/-/commit/"] code')).toEqual(link)
    expect(await lookOf('main p code:not(a code), main li code:not(a code)')).not.toEqual(link)
  },
)
