import { takeRows } from '../context/answer-size.ts'
import type { Context } from '../context/context.ts'
import type { Prisma } from '../generated/prisma/client.ts'
import { asJson, reviver } from './json-rows.ts'
import { cursorIn, readWindow } from './keyset.ts'
import { type PageToCome, toPage } from './page.ts'
import { type PageKey, type PageSource, pageLoader, selectionOf, selectWindow } from './page-loader.ts'
import { notePrefetched, type Prefetch, type Prefetched, prefetchedOf, type Wants, wholeRow } from './prefetch.ts'

type ChildSource<Row> = PageSource<Row> & {
  /** The field, for keys. */
  name: string
  /** The id of the parent in a statement that reads parents. */
  parentRow: Prisma.Sql
}

/** Which of the children of one parent. */
export type ChildPage<Row> = Omit<PageKey<Row>, 'parentId' | 'wants'>

/** Pages of children, read along with their parents where those were read for it. */
export function childPages<Row extends object>({ name, parentRow, ...source }: ChildSource<Row>) {
  const pages = pageLoader<Row>(source)
  const revive = reviver<Row>(source.dates)
  const keyOf = (page: ChildPage<Row>) => `${name} ${selectionOf(page)}`
  return {
    prefetch(page: ChildPage<Row>, wants: Wants): Prefetch {
      // Throws when a cursor is wrong: then nothing is read ahead, and the field refuses it.
      readWindow(page.order, page.window)
      return {
        key: keyOf(page),
        wants,
        sqlOf: (all) => asJson(selectWindow(source, { ...page, wants: all }, parentRow)),
      }
    },
    /** `wanted` is asked only where they were not read along. */
    load(
      context: Context,
      parent: { id: number } & Prefetched,
      page: ChildPage<Row>,
      wanted = () => wholeRow,
    ): PageToCome<Row & Prefetched> {
      const read = prefetchedOf(parent, keyOf(page))
      if (!read) return pages(context).load({ parentId: parent.id, ...page, wants: wanted() })
      const rows = (read.value ?? []) as (Row & Prefetched)[]
      takeRows(context, rows.length, name)
      for (const row of rows) notePrefetched(revive(row), read.wants)
      return toPage(page.window, rows, cursorIn(page.order))
    },
  }
}
