import { type Client, escapeLiteral } from 'pg'

/** As it was sent to the database. */
export type Statement = { text: string; values: unknown[] }

/** What PostgreSQL reports about a step. Its sums are per loop. */
export type Step = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  /** In milliseconds. */
  'Actual Total Time': number
  /** 0: the step was not taken. */
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Step[]
}

const flatten = (step: Step): Step[] => [step, ...(step.Plans ?? []).flatMap(flatten)]

const element = (value: unknown) => (value === null ? 'NULL' : JSON.stringify(String(value)))

function literal(value: unknown): string {
  if (value === null) return 'NULL'
  return escapeLiteral(Array.isArray(value) ? `{${value.map(element).join(',')}}` : String(value))
}

/**
 * Runs the statement with its values, by a plan that was made without the values, as in the server. The outermost step comes
 * first.
 */
export async function explain(client: Client, { text, values }: Statement): Promise<Step[]> {
  await client.query('SET plan_cache_mode = force_generic_plan')
  await client.query(`PREPARE explained AS ${text}`)
  try {
    const given = values.length > 0 ? `(${values.map(literal).join(', ')})` : ''
    const sql = `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained${given}`
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Step }] }>(sql)
    const plan = rows[0]?.['QUERY PLAN'][0].Plan
    return plan ? flatten(plan) : []
  } finally {
    await client.query('DEALLOCATE explained')
  }
}
