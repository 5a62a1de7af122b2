/** Our own statements hold a name (database/statement-name.ts). */
const NAME = /\/\* ([\w.]+) \*\//
/** Prisma's have a verb and a table. Values are parameters, and not in the text. */
const VERB_AND_TABLE = /^\s*([A-Z]+)\b(?:.*?\b(?:FROM|INTO|UPDATE) "public"\."(\w+)")?/s
/** A name stands near the beginning, and a long text takes long to search. */
const BEGINNING = 2_000

/** The span of a statement, by its name. Neither its text nor its values are told. */
export function statementSpan(query: string | { text?: string } | null) {
  const text = ((typeof query === 'string' ? query : query?.text) ?? '').slice(0, BEGINNING)
  const [, verb = 'statement', table = ''] = VERB_AND_TABLE.exec(text) ?? []
  const name = NAME.exec(text)?.[1] ?? `${verb} ${table}`.trim()
  return { name: `sql ${name}`, kind: 'client' as const, attributes: { 'db.system.name': 'postgresql' } }
}
