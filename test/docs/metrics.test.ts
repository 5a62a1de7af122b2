import { expect, test } from 'vitest'
import { createMetrics } from '../../src/http/metrics.ts'
import { readText } from './pages.ts'

const script = new URL('../../scripts/metrics-page.mjs', import.meta.url).href

test('the page of metrics is what npm run docs prints from the code', async () => {
  const { metricsPage } = (await import(script)) as { metricsPage: (described: object) => string }
  expect(readText('docs/operate/metrics.md')).toBe(metricsPage(createMetrics().described()))
})

test('every metric of ours says what it means and in which unit', () => {
  const { own } = createMetrics().described()
  expect(own.length).toBeGreaterThan(20)
  const units: [RegExp, RegExp][] = [
    [/_seconds$/, /seconds/i],
    [/_bytes$/, /bytes/i],
    [/_total$/, /^\w+s (?:to|at|of|that|cut)/],
  ]
  for (const { name, help } of own) {
    expect(help, name).toMatch(/^\S.*\.$/s)
    for (const [ending, unit] of units) if (ending.test(name)) expect(help, name).toMatch(unit)
  }
})
