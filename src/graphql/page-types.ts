import type { OutputType } from '@pothos/core'
import { invalid } from '../foundation/errors.ts'
import { builder } from './builder.ts'

type Of<Type> = {
  type: Type
  /** `Release` gives `ReleaseConnection` and `ReleaseEdge`. */
  name: string
  /** `A release`. */
  one: string
  /** `releases`. */
  many: string
}

/** The last two arguments of `t.connection`: the type of a page, and the type of a row in the page. */
export function pageTypes<Type extends OutputType<typeof builder.$inferSchemaTypes>>({
  type,
  name,
  one,
  many,
}: Of<Type>) {
  const edge = builder.edgeObject({ type, name: `${name}Edge`, description: `${one} in a page.` })
  const page = builder.connectionObject({ type, name: `${name}Connection`, description: `A page of ${many}.` }, edge)
  return [page, edge] as const
}

builder.globalConnectionField('count', (t) =>
  t.int({
    nullable: false,
    description:
      'The total number of rows on all pages. With `limit` n it is at most n + 1, which means "more than n".',
    args: { limit: t.arg.int({ description: 'Counting stops at one more than the limit. Greater than 0.' }) },
    resolve: async ({ count }, { limit }) => {
      if (limit == null) return count()
      if (limit <= 0) throw invalid(`"limit" must be greater than 0, but is ${limit}`)
      return Math.min(await count(), limit + 1)
    },
  }),
)
