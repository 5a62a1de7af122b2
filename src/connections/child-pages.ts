import type { Context } from '../context.ts'
import type { Prisma } from '../generated/prisma/client.ts'
import { asJson, reviver } from './json-rows.ts'
import { cursorIn } from './keyset.ts'
import { type PageToCome, toPage } from './page.ts'
import { type PageKey, type PageSource, pageLoader, selectWindow, variantOf } from './page-loader.ts'
import { nameValues, type Prefetch, type Prefetched } from './prefetch.ts'

type ChildSource<Row> = PageSource<Row> & {
  /** The field, for keys. */
  name: string
  /** The id of the parent in a statement that reads parents. */
  parentRow: Prisma.Sql
}

/** What is read of the children of one parent. */
export type ChildPage<Row> = Omit<PageKey<Row>, 'parentId'>

/** Pages of children, read along with their parents where those were read for it. */
export function childPages<Row extends object>({ name, parentRow, ...source }: ChildSource<Row>) {
  const pages = pageLoader<Row>(source)
  const revive = reviver<Row>(source.dates)
  const keyOf = (page: ChildPage<Row>) => `${name} ${variantOf(page)}`
  return {
    prefetch: (page: ChildPage<Row>): Prefetch => ({
      key: keyOf(page),
      sql: asJson(selectWindow(source, page, parentRow)),
    }),
    load(context: Context, parent: { id: number } & Prefetched, page: ChildPage<Row>): PageToCome<Row & Prefetched> {
      const rows = parent.prefetched?.[keyOf(page)] as (Row & Prefetched)[] | null | undefined
      if (rows === undefined) return pages(context).load({ parentId: parent.id, ...page })
      const nameValuesOf = nameValues(page.prefetch ?? [])
      for (const row of rows ?? []) nameValuesOf(revive(row))
      return toPage(page.window, rows ?? [], cursorIn(page.order))
    },
  }
}
