import type { PrismaPg } from '@prisma/adapter-pg'

type StatementNameGenerator = NonNullable<
  NonNullable<ConstructorParameters<typeof PrismaPg>[1]>['statementNameGenerator']
>

/** The names are bounded, because each connection keeps a plan for each name. A server sends a few hundred different texts. */
const MAX_NAMES = 500
/** Texts that come once or twice are not worth a plan. Lists of different lengths make such texts. */
const SEEN_BEFORE = 3
const MAX_SEEN = 10_000

/** Names the statements that come often, so that PostgreSQL parses and plans each only once on a connection. */
export function createPreparedNames(): StatementNameGenerator {
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
  // The cast is safe, because the adapter passes on any value and the driver accepts a missing name.
  return nameOf as StatementNameGenerator
}
