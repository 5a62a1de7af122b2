import type { Client } from 'pg'

/** As it was sent to the database. */
export type Statement = { text: string; values: unknown[] }

/** What PostgreSQL tells of a step; sums are per loop. */
export type Step = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Rows Removed by Filter'?: number
  Plans?: Step[]
}

const flatten = (step: Step): Step[] => [step, ...(step.Plans ?? []).flatMap(flatten)]

/** Runs the statement with its values, as the server does, and lists the steps from the outermost in. */
export async function explain(client: Client, { text, values }: Statement): Promise<Step[]> {
  const sql = `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Step }] }>(sql, values)
  const plan = rows[0]?.['QUERY PLAN'][0].Plan
  return plan ? flatten(plan) : []
}
