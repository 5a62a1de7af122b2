import type { Client } from 'pg'
import { format } from 'sql-formatter'

type Step = { 'Index Name'?: string; 'Node Type': string; 'Relation Name'?: string; Plans?: Step[] }

const stepsOf = (step: Step): Step[] => [step, ...(step.Plans ?? []).flatMap(stepsOf)]

/** The indexes by which PostgreSQL reads tables for a statement. The plan is made without the values, as in the server. */
async function indexesOf(client: Client, text: string): Promise<string[]> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Step }] }>(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`)
  const steps = rows.flatMap((row) => stepsOf(row['QUERY PLAN'][0].Plan))
  const used = steps.flatMap((step) => step['Index Name'] ?? [])
  const whole = steps.flatMap((step) => (step['Node Type'] === 'Seq Scan' ? `all of ${step['Relation Name']}` : []))
  return [...new Set([...used, ...whole])].sort()
}

const WIDTH = 120
const indentOf = (line: string) => line.length - line.trimStart().length
const isWhole = (line: string) => line.split('(').length === line.split(')').length

/** Puts several items of a list on one line, because the formatter gives each column a line of its own. */
function pack(sql: string): string {
  const lines: string[] = []
  for (const line of sql.split('\n')) {
    const before = lines.at(-1) ?? ''
    const joined = `${before} ${line.trim()}`
    const fits = joined.length <= WIDTH && indentOf(before) === indentOf(line) && !line.endsWith('CASE')
    if (fits && before.endsWith(',') && isWhole(before) && isWhole(line)) lines[lines.length - 1] = joined
    else lines.push(line)
  }
  return lines.join('\n')
}

export type Printed = { module: string; title: string; statements: readonly string[] }

/** The text of a statement, below its title and the indexes that it uses. */
async function paragraph(client: Client, title: string, text: string): Promise<string> {
  const indexes = await indexesOf(client, text)
  const sql = pack(format(text, { language: 'postgresql', expressionWidth: 110 }))
  const [, name] = /\/\* (\S+) \*\//.exec(text) ?? []
  return [`-- ${title} (${name})`, ...indexes.map((index) => `--   by ${index}`), `${sql};`].join('\n')
}

const HEAD = `-- What the server sends to read this module's rows, printed by \`npm run sql\`; each statement stands where it is sent first.
-- Its title ends with its name. Below are the indexes that PostgreSQL reads it by.`

/** The text of each module's file. A statement that several queries send is printed once. */
export async function printAll(client: Client, all: readonly Printed[]): Promise<Map<string, string>> {
  const seen = new Set<string>()
  const files = new Map<string, string[]>()
  for (const { module, title, statements } of all) {
    const paragraphs = files.get(module) ?? [HEAD]
    files.set(module, paragraphs)
    // Sorted, because the statements of one request are sent in any order. The longest reads the list or the row itself.
    for (const text of statements.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))) {
      if (seen.has(text)) continue
      seen.add(text)
      paragraphs.push(await paragraph(client, title, text))
    }
  }
  return new Map([...files].map(([module, paragraphs]) => [module, `${paragraphs.join('\n\n')}\n`]))
}
