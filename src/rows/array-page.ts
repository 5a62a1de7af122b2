import { z } from 'zod'
import { type CursorArgument, decodeCursor, encodeCursor } from './cursor.ts'
import { IdValue } from './cursor-values.ts'
import { type Connection, connection, Edge, toPage } from './page.ts'
import { type PageArguments, toWindow, type Window } from './window.ts'

const ORDER = 'POSITION'
const values = z.tuple([IdValue])

function positionIn(window: Window, argument: CursorArgument): number | null {
  const cursor = window[argument]
  return cursor === null ? null : decodeCursor(cursor, { argument, order: ORDER, values })[0]
}

/** A connection over rows that are all in memory. A cursor is the position of a row, counted from 1. */
export function arrayConnection<Row>(rows: readonly Row[], args: PageArguments): Connection<Row> {
  const window = toWindow(args)
  const start = positionIn(window, 'after') ?? 0
  const end = (positionIn(window, 'before') ?? rows.length + 1) - 1
  const within = rows.map((row, at) => ({ row, at: at + 1 })).slice(start, end)
  const read = window.backward ? within.reverse() : within
  const { edges, pageInfo } = toPage(window, read.slice(0, window.limit + 1), ({ at }) => encodeCursor(ORDER, [at]))
  const unplaced = edges.map((edge) => new Edge(edge.node.row, () => edge.cursor))
  return connection({ edges: unplaced, pageInfo }, () => rows.length)
}
