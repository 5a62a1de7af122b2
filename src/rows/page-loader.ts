import DataLoader from 'dataloader'
import { takeRows } from '../context/answer-size.ts'
import { type Context, perRequest } from '../context/context.ts'
import { shareStatements } from '../database/batching/share-statements.ts'
import { db } from '../database/db.ts'
import { statementName } from '../database/statement-name.ts'
import { groupBy } from '../foundation/group-by.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { Columns } from './columns.ts'
import { asJson, type DatesOf, reviver } from './json-rows.ts'
import { cursorIn, type Order, readWindow } from './keyset.ts'
import { type Page, toPage } from './page.ts'
import { notePrefetched, type Prefetched, prefetchColumns, type Wants, wholeRow } from './prefetch.ts'
import type { Window } from './window.ts'

/** One page of the children of one parent. */
export type PageKey<Row> = {
  parentId: number
  window: Window
  order: Order<Row>
  /** `AND ...`: narrows the children. */
  where?: Prisma.Sql
  /** What is read of each child, and along with it; absent: the whole row. */
  wants?: Wants
}

export type PageSource<Row> = {
  /** The name of the statement that reads pages. */
  statement: string
  /** The columns of a child, as its row type names them. */
  columns: Prisma.Sql
  /** Where rows can be read in part. */
  columnsOfSome?: Columns['columnsOfSome']
  dates: DatesOf<Row>
  /** Tables of the children, without WHERE. */
  from: Prisma.Sql
  /** The column that holds the parent's id. */
  parent: Prisma.Sql
}

const windowKey = ({ limit, backward, after, before }: Window) => `${limit} ${backward} ${after} ${before}`

/** Which rows, whatever is wanted of them. */
export function selectionOf<Row>({ order, window, where }: Omit<PageKey<Row>, 'parentId' | 'wants'>): string {
  const filter = where && where !== Prisma.empty ? JSON.stringify([where.sql, where.values]) : ''
  return `${order.name} ${windowKey(window)} ${filter}`
}

/** Keys that differ in the parent only are read by one statement. */
const variantOf = <Row>(key: PageKey<Row>) => `${selectionOf(key)} ${(key.wants ?? wholeRow).key}`

const keyOf = <Row>(key: PageKey<Row>) => `${key.parentId} ${variantOf(key)}`

/** The rows of a window of the children of one parent, one row more than it holds. */
export function selectWindow<Row>(
  { columns, columnsOfSome, from, parent }: PageSource<Row>,
  key: Omit<PageKey<Row>, 'parentId'>,
  parentId: Prisma.Sql,
): Prisma.Sql {
  const { order, window, wants = wholeRow } = key
  const { within, sorted } = readWindow(order, window)
  const placed = wants.cursors ? order.fields : []
  const some = columnsOfSome && wants.fields ? columnsOfSome(new Set([...wants.fields, ...placed])) : columns
  return Prisma.sql`
    SELECT ${some} ${prefetchColumns(wants)} FROM ${from}
    WHERE ${parent} = ${parentId} ${key.where ?? Prisma.empty} ${within} ${sorted}`
}

/** LATERAL keeps each parent's rows in the order of its page. */
async function readPages<Row>(source: PageSource<Row>, keys: readonly PageKey<Row>[]): Promise<Map<number, string>> {
  const [key] = keys
  if (!key) return new Map()
  const ids = keys.map(({ parentId }) => parentId)
  const found = await db.$queryRaw<{ id: number; rows: string | null }[]>`
    SELECT ${statementName(source.statement)} parent.id, page.rows::text AS rows FROM unnest(${ids}::int[]) AS parent (id)
    CROSS JOIN LATERAL ${asJson(selectWindow(source, key, Prisma.sql`parent.id`))} AS page (rows)`
  return new Map(found.map(({ id, rows }) => [id, rows ?? '[]']))
}

/** The JSON of each page that is asked for. */
async function readAll<Row>(source: PageSource<Row>, keys: readonly PageKey<Row>[]): Promise<string[]> {
  const found = new Map<string, string>()
  const readVariant = async ([variant, alike]: [string, PageKey<Row>[]]) => {
    for (const [id, rows] of await readPages(source, alike)) found.set(`${id} ${variant}`, rows)
  }
  await Promise.all([...groupBy(keys, variantOf)].map(readVariant))
  return keys.map((key) => found.get(keyOf(key)) ?? '[]')
}

/** Pages of children of any number of parents: one statement for all parents that are asked for the same page. */
export function pageLoader<Row extends object>(
  source: PageSource<Row>,
): (context: Context) => DataLoader<PageKey<Row>, Page<Row & Prefetched>, string> {
  const revive = reviver<Row>(source.dates)
  const readShared = shareStatements<PageKey<Row>, string>((keys) => readAll(source, keys), keyOf)
  const load = async (context: Context, keys: readonly PageKey<Row>[]) => {
    const texts = await readShared(keys)
    return texts.map((text, at) => {
      const key = keys[at]
      if (!key || text instanceof Error) return text as Error
      const rows = JSON.parse(text) as (Row & Prefetched)[]
      try {
        takeRows(context, rows.length, 'nodes')
      } catch (error) {
        return error as Error
      }
      for (const row of rows) notePrefetched(revive(row), key.wants ?? wholeRow)
      return toPage(key.window, rows, cursorIn(key.order))
    })
  }
  return perRequest((context) => new DataLoader((keys) => load(context, keys), { cacheKeyFn: keyOf }))
}
