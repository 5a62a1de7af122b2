import type { Window } from './window.ts'

/** Rows in the order of the connection, each with its cursor. */
export type Page<Row> = {
  edges: { readonly cursor: string; readonly node: Row }[]
  pageInfo: {
    hasNextPage: boolean
    hasPreviousPage: boolean
    startCursor: string | null
    endCursor: string | null
  }
}

const emptyPage = (): Page<never> => ({
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
})

/** Most queries ask for no cursor, or for the last one alone. */
class LazyEdge<Row> {
  readonly node: Row
  readonly #cursorOf: (row: Row) => string

  constructor(node: Row, cursorOf: (row: Row) => string) {
    this.node = node
    this.#cursorOf = cursorOf
  }

  get cursor(): string {
    return this.#cursorOf(this.node)
  }
}

/** From the rows read in reading order (backwards for `last`), one more than the page holds when there are more. */
export function toPage<Row>(window: Window, rows: readonly Row[], cursorOf: (row: Row) => string): Page<Row> {
  const cut = rows.length > window.limit
  const kept = rows.slice(0, window.limit)
  if (window.backward) kept.reverse()
  const edges = kept.map((node) => new LazyEdge(node, cursorOf))
  return {
    edges,
    pageInfo: {
      hasPreviousPage: window.after !== null || (window.backward && cut),
      hasNextPage: window.before !== null || (!window.backward && cut),
      get startCursor() {
        return edges[0]?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
    },
  }
}

/** The same page with other rows: what a loader adds to a row does not move it. */
export function mapPage<Row, Other>(page: Page<Row>, map: (row: Row) => Other): Page<Other> {
  return {
    pageInfo: page.pageInfo,
    edges: page.edges.map((edge) => ({
      node: map(edge.node),
      get cursor() {
        return edge.cursor
      },
    })),
  }
}

/** A page and how many rows there are in all, asked only when wanted. */
export type Connection<Row> = Page<Row> & { count: () => number | Promise<number> }

export const connection = <Row>(page: Page<Row>, count: Connection<Row>['count']): Connection<Row> => ({
  ...page,
  count,
})

export const emptyConnection = (): Connection<never> => connection(emptyPage(), () => 0)
