// Lists of rows that belong to no parent: all projects, all groups.
import { takeRows } from '../context/answer-size.ts'
import type { Context } from '../context/context.ts'
import { withReplica } from '../context/reads.ts'
import { readFrom } from '../database/db.ts'
import { statementName } from '../database/statement-name.ts'
import { MAX_PAGE_SIZE } from '../foundation/limits.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { readRows } from './json-rows.ts'
import { cursorIn, type Order, readWindow } from './keyset.ts'
import { type Connection, connection, toPage } from './page.ts'
import { type Plan, planOf } from './plan.ts'
import type { Source } from './source.ts'
import type { Window } from './window.ts'

type Selected<Row> = {
  from: Prisma.Sql
  where: Prisma.Sql
  order: Order<Row>
  window: Window
  /** What is counted, and up to which number, where that is not what is listed. */
  counted?: { from: Prisma.Sql; upTo: number }
}

/** The server counts up to this number, because counting further takes too long. */
const MAX_COUNT = 10_000

/** A page of a list. What is below a row is read by statements of its own, one for all rows. */
export async function readList<Row extends object>(
  context: Context,
  { source, plan }: { source: Source<Row>; plan: Plan },
  { from, where, order, window, counted = { from, upTo: MAX_COUNT } }: Selected<Row>,
): Promise<Connection<Row>> {
  const { within, orderBy } = readWindow(order, window)
  const columns = source.columnsFor(planOf({ ...plan, children: [] }), order.fields)
  // The inner limit is no parameter, so that PostgreSQL plans for the first rows and not for a share of all rows.
  const page = Prisma.sql`SELECT * FROM (
    SELECT ${columns} FROM ${from} WHERE ${where} ${within} ${orderBy} LIMIT ${Prisma.raw(String(MAX_PAGE_SIZE + 1))}
  ) AS page LIMIT ${window.limit + 1}`
  const rows = await withReplica(context, (replica) => readRows(source.statement('list'), page, source.revive, replica))
  takeRows(context, rows.length, 'nodes')
  const countRows = Prisma.sql`
    SELECT ${statementName(source.statement('countOfList'))} count(*)::int AS count
    FROM (SELECT FROM ${counted.from} WHERE ${where} LIMIT ${counted.upTo + 1}) AS counted`
  const count = async () => {
    const [found] = await withReplica(context, (replica) =>
      readFrom(replica, (db) => db.$queryRaw<[{ count: number }]>(countRows)),
    )
    return found.count
  }
  return connection(toPage(window, rows, cursorIn(order)), count)
}
