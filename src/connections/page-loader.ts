import DataLoader from 'dataloader'
import { db } from '../db.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { cursorIn, type Order, readWindow } from './keyset.ts'
import { type Page, toPage } from './page.ts'
import type { Window } from './window.ts'

/** One page of the children of one parent. */
export type PageKey<Row> = {
  parentId: number
  window: Window
  order: Order<Row>
  /** `AND ...`: narrows the children. */
  where?: Prisma.Sql
}

export type PageSource = {
  /** The columns of a child, as its row type names them. */
  columns: Prisma.Sql
  /** Tables of the children, without WHERE. */
  from: Prisma.Sql
  /** The column that holds the parent's id. */
  parent: Prisma.Sql
}

const variantOf = <Row>({ window, order, where }: PageKey<Row>) =>
  JSON.stringify([order.name, window, where?.sql, where?.values])

/**
 * Reads pages of children of any number of parents: one statement for all parents that are asked for the same page.
 * LATERAL keeps each parent's rows in the order of its page.
 */
async function readPages<Row>(source: PageSource, keys: readonly PageKey<Row>[]): Promise<Map<number, Row[]>> {
  const [key] = keys
  const rows = new Map<number, Row[]>(keys.map(({ parentId }) => [parentId, []]))
  if (!key) return rows
  const { within, sorted } = readWindow(key.order, key.window)
  const found = await db.$queryRaw<(Row & { parentId: number })[]>`
    SELECT parent.id AS "parentId", page.*
    FROM unnest(${[...rows.keys()]}::int[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT ${source.columns} FROM ${source.from}
      WHERE ${source.parent} = parent.id ${key.where ?? Prisma.empty} ${within}
      ${sorted}
    ) AS page`
  for (const row of found) rows.get(row.parentId)?.push(row)
  return rows
}

/** A loader of pages: keys of the same page of different parents share a statement. */
export function pageLoader<Row>(source: PageSource): DataLoader<PageKey<Row>, Page<Row>, string> {
  const load = async (keys: readonly PageKey<Row>[]): Promise<Page<Row>[]> => {
    const variants = new Set(keys.map(variantOf))
    const read = new Map<string, Map<number, Row[]>>()
    const readVariant = async (variant: string) =>
      read.set(
        variant,
        await readPages(
          source,
          keys.filter((key) => variantOf(key) === variant),
        ),
      )
    await Promise.all([...variants].map(readVariant))
    return keys.map((key) => toPage(key.window, read.get(variantOf(key))?.get(key.parentId) ?? [], cursorIn(key.order)))
  }
  return new DataLoader(load, { cacheKeyFn: (key) => `${key.parentId} ${variantOf(key)}` })
}
