import { z } from 'zod'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { type Connection, connection, Edge, toPage } from './page.ts'
import { type PageArguments, toWindow } from './window.ts'

const ORDER = 'POSITION'
const CursorPosition = z.tuple([z.number().int().positive()])

/** A connection over rows that are all in memory; cursors are positions, counted from 1. */
export function arrayConnection<Row>(rows: readonly Row[], args: PageArguments): Connection<Row> {
  const window = toWindow(args)
  const start = window.after === null ? 0 : decodeCursor(window.after, ORDER, CursorPosition)[0]
  const end = window.before === null ? rows.length : decodeCursor(window.before, ORDER, CursorPosition)[0] - 1
  const within = rows.map((row, at) => ({ row, at: at + 1 })).slice(start, end)
  const read = window.backward ? within.reverse() : within
  const { edges, pageInfo } = toPage(window, read.slice(0, window.limit + 1), ({ at }) => encodeCursor(ORDER, [at]))
  const unplaced = edges.map((edge) => new Edge(edge.node.row, () => edge.cursor))
  return connection({ edges: unplaced, pageInfo }, () => rows.length)
}
