import type { OutputType } from '@pothos/core'
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

/** The last two arguments of `t.connection`: the types of a page of rows and of a row in it. */
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
