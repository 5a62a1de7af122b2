import type { Context } from '../context.ts'
import type { Prisma } from '../generated/prisma/client.ts'
import { asJson, reviver } from './json-rows.ts'
import { cursorIn, type Order } from './keyset.ts'
import { type PageToCome, toPage } from './page.ts'
import { type PageSource, pageLoader, selectWindow, windowKey } from './page-loader.ts'
import type { Prefetch, Prefetched } from './prefetch.ts'
import type { Window } from './window.ts'

type ChildSource<Row> = PageSource<Row> & {
  /** The field, for keys. */
  name: string
  order: Order<Row>
  /** The id of the parent in a statement that reads parents. */
  parentRow: Prisma.Sql
}

/** Pages of children in one order, read along with their parents where those are pages themselves. */
export function childPages<Row>({ name, order, parentRow, ...source }: ChildSource<Row>) {
  const pages = pageLoader<Row>(source)
  const revive = reviver<Row>(source.dates)
  const keyOf = (window: Window) => `${name} ${windowKey(window)}`
  return {
    prefetch: (window: Window): Prefetch => ({
      key: keyOf(window),
      sql: asJson(selectWindow(source, { window, order }, parentRow)),
    }),
    load(context: Context, parent: { id: number } & Prefetched, window: Window): PageToCome<Row> {
      const rows = parent.prefetched?.[keyOf(window)] as Row[] | null | undefined
      if (rows === undefined) return pages(context).load({ parentId: parent.id, window, order })
      return toPage(window, (rows ?? []).map(revive), cursorIn(order))
    },
  }
}
