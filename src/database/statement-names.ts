import type { PrismaPg } from '@prisma/adapter-pg'

type StatementNameGenerator = NonNullable<
  NonNullable<ConstructorParameters<typeof PrismaPg>[1]>['statementNameGenerator']
>

/** Each connection keeps a plan per name, so that there must be a bound; the texts of a server are a few hundred. */
const MAX_NAMES = 500
/** Texts that come once or twice, such as those with a list of many lengths, are not worth a plan. */
const SEEN_BEFORE = 3
const MAX_SEEN = 10_000

/** Names the statements that come again and again: PostgreSQL then parses and plans each once per connection. */
export function createStatementNames(): StatementNameGenerator {
  const names = new Map<string, string>()
  const seen = new Map<string, number>()
  const nameOf = ({ sql }: { sql: string }): string | undefined => {
    const name = names.get(sql)
    if (name !== undefined || names.size >= MAX_NAMES) return name
    const times = (seen.get(sql) ?? 0) + 1
    if (times <= SEEN_BEFORE) {
      if (seen.size < MAX_SEEN) seen.set(sql, times)
      return undefined
    }
    seen.delete(sql)
    names.set(sql, `waybill_${names.size}`)
    return names.get(sql)
  }
  // The adapter hands on whatever it is given, and the driver takes a missing name as none.
  return nameOf as StatementNameGenerator
}
