import { type Client, escapeLiteral } from 'pg'

/** As it was sent to the database. */
export type Statement = { text: string; values: unknown[] }

/** What PostgreSQL reports about a step. Its sums are per loop. */
export type Step = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
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

type Explained = { Plan: Step; 'Execution Time': number }

/** Runs the statement with its values, by a plan that was made without the values, as in the server. */
async function explained(client: Client, { text, values }: Statement, options: string): Promise<Explained> {
  await client.query('SET plan_cache_mode = force_generic_plan')
  await client.query(`PREPARE explained AS ${text}`)
  try {
    const given = values.length > 0 ? `(${values.map(literal).join(', ')})` : ''
    const sql = `EXPLAIN (ANALYZE, ${options}, FORMAT JSON) EXECUTE explained${given}`
    const { rows } = await client.query<{ 'QUERY PLAN': [Explained] }>(sql)
    if (!rows[0]) throw new Error('PostgreSQL explained nothing')
    return rows[0]['QUERY PLAN'][0]
  } finally {
    await client.query('DEALLOCATE explained')
  }
}

/** The steps of the statement, the outermost first. */
export const explain = async (client: Client, statement: Statement): Promise<Step[]> =>
  flatten((await explained(client, statement, 'TIMING OFF')).Plan)

/** How many milliseconds the database needs for the statement. Its clock is not read in each step, because that takes as long again. */
export const timeOf = async (client: Client, statement: Statement): Promise<number> =>
  (await explained(client, statement, 'TIMING OFF, BUFFERS OFF'))['Execution Time']
