import { expect, test } from 'vitest'
import { createMetrics } from '../../src/http/metrics.ts'
import { alerts, dashboard, dashboardExpressions, metricsIn } from './observed.ts'
import { pageAt, readText } from './pages.ts'

test('every alert leads to what to do', () => {
  const { anchors } = pageAt('docs/operate/alerts.md')
  expect(alerts.length).toBeGreaterThanOrEqual(15)
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook).toBe(`docs/operate/alerts.md#${alert.toLowerCase()}`)
    expect([...anchors], alert).toContain(alert.toLowerCase())
  }
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length)
})

test('every alert has a test in which it fires', () => {
  const firing = readText('docs/operate/alerts.test.yml').matchAll(/alertname: (\w+)\n +exp_alerts:/g)
  const fired = new Set([...firing].map(([, name]) => name))
  expect(alerts.map(({ alert }) => alert).filter((name) => !fired.has(name))).toEqual([])
})

const described = createMetrics().described()
const served = new Set(
  [...described.own, ...described.ofNode].flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
)

test.each([
  ['the alerts', alerts.map(({ expr }) => expr)],
  ['the dashboard', dashboardExpressions],
])('the server has every metric that %s name', (_what, expressions) => {
  const named = expressions.flatMap(metricsIn).filter((name) => name !== 'up')
  expect(named.length).toBeGreaterThan(15)
  expect(named.filter((name) => !served.has(name))).toEqual([])
})

test('the dashboard shows every metric of ours', () => {
  const shown = dashboardExpressions.flatMap(metricsIn).map((name) => name.replace(/_(bucket|count|sum)$/, ''))
  expect(described.own.map(({ name }) => name).filter((name) => !shown.includes(name))).toEqual([])
})

test('the dashboard lets its reader choose the data source and the instances, and its panels have room', () => {
  expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
    ['datasource', 'datasource'],
    ['instance', 'query'],
  ])
  const ids = dashboard.panels.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const places = dashboard.panels.flatMap((panel) => (panel.type === 'row' ? [] : [panel.gridPos]))
  expect(places.length).toBeGreaterThan(20)
  const overlapping = places.filter((one, at) =>
    places.some(
      (other, index) =>
        index > at &&
        one.x < other.x + other.w &&
        other.x < one.x + one.w &&
        one.y < other.y + other.h &&
        other.y < one.y + one.h,
    ),
  )
  expect([overlapping, places.filter(({ x, w }) => x + w > 24)]).toEqual([[], []])
})
