import { takeRows } from '../context/answer-size.ts'
import type { Context } from '../context/context.ts'
import { readFrom } from '../database/db.ts'
import type { Replica } from '../database/replicas/replica.ts'
import { statementName } from '../database/statement-name.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { oncePerRequest, readInBatches } from './batches.ts'
import { capitalized, toCamelCase } from './columns.ts'
import { asJson } from './json-rows.ts'
import { cursorIn, type Order, readWindow } from './keyset.ts'
import { type PageToCome, toPage } from './page.ts'
import { type Child, noteChildren, type Plan, valueOfChild, wholeRow } from './plan.ts'
import type { Source } from './source.ts'
import type { Window } from './window.ts'

export type Parent = {
  /** The column that holds the parent's id. */
  column: string
  /** The parent's id in a statement that reads parents, for the children that are read in the same statement. */
  row?: string
  /** What stands after FROM. Absent: the table of the children alone. */
  from?: Prisma.Sql
  /** The order in which all children are read. Absent: any order. */
  orderBy?: Prisma.Sql
}

/** A condition that begins with `AND` and narrows the children. */
type Filter = {
  where?: Prisma.Sql
  /** What stands after FROM instead, for the parent with this id: a search has an index that finds the children by both. */
  from?: (parentId: Prisma.Sql) => Prisma.Sql
  /** A condition. Where it is false, nothing is read along with a row. */
  readsAlong?: Prisma.Sql
}

export type PageOfChildren<Row> = Filter & { order: Order<Row>; window: Window }

type Selection<Row> = PageOfChildren<Row> | Filter

type Ask<Row> = { parentId: number; selection: Selection<Row>; plan: Plan }
type Count = { parentId: number; filter: Filter }

function keyOfFilter({ where = Prisma.empty, from, readsAlong = Prisma.empty }: Filter): string {
  const { sql, values } = Prisma.sql`${where} ${from ? from(Prisma.raw('parent')) : Prisma.empty} ${readsAlong}`
  return sql.trim() === '' ? '' : JSON.stringify([sql, values])
}

/** Two selections of the same rows have the same key, whatever is read of the rows. */
function keyOf<Row>(selection: Selection<Row>): string {
  if (!('window' in selection)) return `all ${keyOfFilter(selection)}`
  const { limit, backward, after, before } = selection.window
  return `${selection.order.name} ${limit} ${backward} ${after} ${before} ${keyOfFilter(selection)}`
}

/** Ends with the name of the parent, which the column tells: `pageOfRelease` for `l.release_id`. */
function nameOfStatement<Row>(source: Source<Row>, { column }: Parent, what: 'pageOf' | 'allOf' | 'countOf') {
  const parent = column.replace(/^\w+\./, '').replace(/_id$/, '')
  return statementName(source.statement(`${what}${capitalized(toCamelCase(parent))}`))
}

/** One statement reads the asks that differ in the parent only. */
const kindOf = <Row>({ selection, plan }: Ask<Row>) => `${keyOf(selection)} ${plan.key}`

/** The selected rows of a parent. A page reads one row more than it holds, which tells whether there is a next page. */
function select<Row>(
  source: Source<Row>,
  { column, from = source.from, orderBy }: Parent,
  { selection, plan, parentId }: Pick<Ask<Row>, 'selection' | 'plan'> & { parentId: Prisma.Sql },
): Prisma.Sql {
  const { where = Prisma.empty, from: found, readsAlong } = selection
  const shown = found ? found(parentId) : from
  const rows = (columns: Prisma.Sql) =>
    Prisma.sql`SELECT ${columns} FROM ${shown} WHERE ${Prisma.raw(column)} = ${parentId} ${where}`
  if (!('window' in selection)) {
    const all = rows(source.columnsFor(plan, [], readsAlong))
    return orderBy ? Prisma.sql`${all} ORDER BY ${orderBy}` : all
  }
  const { within, sorted } = readWindow(selection.order, selection.window)
  return Prisma.sql`${rows(source.columnsFor(plan, selection.order.fields, readsAlong))} ${within} ${sorted}`
}

/** Reads the children of all parents by one statement. LATERAL reads them for each parent, so they stay in their order. */
async function readAlike<Row>(
  source: Source<Row>,
  parent: Parent,
  { asks, replica }: { asks: readonly Ask<Row>[]; replica: Replica | null },
): Promise<string[]> {
  const [ask] = asks
  if (!ask) return []
  const ids = asks.map(({ parentId }) => parentId)
  const rows = asJson(select(source, parent, { ...ask, parentId: Prisma.sql`parent.id` }))
  const name = nameOfStatement(source, parent, 'window' in ask.selection ? 'pageOf' : 'allOf')
  const found = await readFrom(
    replica,
    (db) => db.$queryRaw<{ id: number; rows: string }[]>`
    SELECT ${name} parent.id, page.rows::text AS rows FROM unnest(${ids}::int[]) AS parent (id)
    CROSS JOIN LATERAL ${rows} AS page (rows)`,
  )
  const byId = new Map(found.map((row) => [row.id, row.rows]))
  return ids.map((id) => byId.get(id) ?? '[]')
}

async function countAlike<Row>(
  source: Source<Row>,
  parent: Parent,
  { asks, replica }: { asks: readonly Count[]; replica: Replica | null },
): Promise<number[]> {
  const ids = asks.map(({ parentId }) => parentId)
  const column = Prisma.raw(parent.column)
  const { where = Prisma.empty, from } = asks[0]?.filter ?? {}
  const name = nameOfStatement(source, parent, 'countOf')
  const all = Prisma.sql`SELECT ${name} ${column} AS id, count(*)::int AS count
    FROM ${parent.from ?? source.from} WHERE ${column} = ANY (${ids}::int[]) ${where} GROUP BY 1`
  const found = (rows: Prisma.Sql) => Prisma.sql`SELECT ${name} parent.id, count(*)::int AS count
    FROM unnest(${ids}::int[]) AS parent (id) CROSS JOIN LATERAL (SELECT FROM ${rows} WHERE ${column} = parent.id ${where}) AS found
    GROUP BY 1`
  const counts = from ? found(from(Prisma.raw('parent.id'))) : all
  const rows = await readFrom(replica, (db) => db.$queryRaw<{ id: number; count: number }[]>(counts))
  const byId = new Map(rows.map(({ id, count }) => [id, count]))
  return ids.map((id) => byId.get(id) ?? 0)
}

function reviveAll<Row extends object>({ revive }: Source<Row>, rows: Row[], plan: Plan): Row[] {
  for (const row of rows) noteChildren(revive(row), plan)
  return rows
}

/** Requests share the text of a list. Each parses it into rows of its own, because a request changes its rows in place. */
function listLoader<Row extends object>(source: Source<Row>, parent: Parent) {
  const nameOf = (ask: Ask<Row>) => `${ask.parentId} ${kindOf(ask)}`
  const read = (asks: readonly Ask<Row>[], replica: Replica | null) => readAlike(source, parent, { asks, replica })
  const readTexts = readInBatches<Ask<Row>, string>({ nameOf, kindOf, read })
  return oncePerRequest<Ask<Row>, Row[]>(nameOf, async (asks, replica) => {
    const texts = await readTexts(asks, replica)
    return texts.map((text, at) =>
      text instanceof Error ? text : reviveAll(source, JSON.parse(text), asks[at]?.plan ?? wholeRow),
    )
  })
}

function countLoader<Row>(source: Source<Row>, parent: Parent) {
  const kind = ({ filter }: Count) => keyOfFilter(filter)
  const nameOf = (ask: Count) => `${ask.parentId} ${kind(ask)}`
  const read = (asks: readonly Count[], replica: Replica | null) => countAlike(source, parent, { asks, replica })
  return oncePerRequest<Count, number>(nameOf, readInBatches({ nameOf, kindOf: kind, read }))
}

/** Lists that are read in the same statement as their parent. */
function readAlong<Row extends object>(source: Source<Row>, parent: Parent) {
  const keyOfChild = (selection: Selection<Row>) => `${source.name} ${keyOf(selection)}`

  /** Throws when a cursor is wrong. The caller ignores that, because the field itself refuses the cursor. */
  function child(selection: Selection<Row>, plan: Plan): Child {
    const parentId = Prisma.raw(parent.row ?? 'NULL')
    const sqlOf = (merged: Plan) => asJson(select(source, parent, { selection, plan: merged, parentId }))
    if ('window' in selection) readWindow(selection.order, selection.window)
    return { key: keyOfChild(selection), plan, sqlOf }
  }

  /** The rows that were read along with the parent. Undefined when they were not. */
  function along(row: object, selection: Selection<Row>): Row[] | undefined {
    const read = valueOfChild(row, keyOfChild(selection))
    return read && reviveAll(source, read.value as Row[], read.plan)
  }
  return { child, along }
}

/** The rows of a table that belong to a row of another table, or of the same table. */
export function childrenOf<Row extends object>(source: Source<Row>, parent: Parent) {
  const { child, along } = readAlong(source, parent)
  const lists = listLoader(source, parent)
  const counts = countLoader(source, parent)

  /** Calls `plan` only when the page was not read along with the parent. */
  function page(
    context: Context,
    row: { id: number },
    selection: PageOfChildren<Row>,
    plan = () => wholeRow,
  ): PageToCome<Row> {
    const give = (rows: Row[]) => {
      takeRows(context, rows.length, 'nodes')
      return toPage(selection.window, rows, cursorIn(selection.order))
    }
    const read = along(row, selection)
    if (read) return give(read)
    const rows = lists(context).load({ parentId: row.id, selection, plan: plan() })
    return rows.then(give)
  }

  const all = (context: Context, parentId: number, filter: Filter = {}): Promise<Row[]> =>
    lists(context).load({ parentId, selection: filter, plan: wholeRow })

  const count = (context: Context, parentId: number, { where, from }: Filter = {}): Promise<number> =>
    counts(context).load({ parentId, filter: { ...(where && { where }), ...(from && { from }) } })

  return { child, along, page, all, count }
}
