// The dashboard and the alerts as they are documented, and the metrics that they name.
import { parse } from 'yaml'
import { z } from 'zod'
import { readText } from './pages.ts'

const DataSource = z.object({ type: z.literal('prometheus'), uid: z.string().regex(/^\$\{datasource\}$/) })
const Panel = z.discriminatedUnion('type', [
  z.object({ id: z.int(), type: z.literal('row'), title: z.string().min(1) }),
  ...(['timeseries', 'stat'] as const).map((type) =>
    z.object({
      id: z.int(),
      type: z.literal(type),
      title: z.string().min(1),
      datasource: DataSource,
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int().max(24), h: z.int() }),
      targets: z.array(z.object({ refId: z.string(), datasource: DataSource, expr: z.string().min(1) })).min(1),
    }),
  ),
])

export const dashboard = z
  .object({
    uid: z.string().min(1),
    title: z.string().min(1),
    schemaVersion: z.int().min(30),
    panels: z.array(Panel),
    templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string(), query: z.unknown() })) }),
  })
  .parse(JSON.parse(readText('docs/operate/grafana.json')))

const Rule = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.object({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.object({ summary: z.string(), runbook: z.string() }),
})

export const alerts = z
  .object({ groups: z.array(z.object({ rules: z.array(Rule) })) })
  .parse(parse(readText('docs/operate/alerts.yml')))
  .groups.flatMap(({ rules }) => rules)

/** With values in place of Grafana's variables. */
export const dashboardExpressions: string[] = dashboard.panels
  .flatMap((panel) => (panel.type === 'row' ? [] : panel.targets))
  .map(({ expr }) => expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '5m'))

/** The metrics that an expression names. */
export const metricsIn = (expression: string): string[] =>
  [...expression.matchAll(/\b(?:waybill|process|nodejs)_\w+|\bup\b/g)].map(([name]) => name)
