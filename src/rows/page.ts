import { toWindow, type Window } from './window.ts'

/** Whether a GraphQL type carries rows, and holds nothing of its own. */
export const isCarrier = (type: string) => type === 'PageInfo' || /(Connection|Edge)$/.test(type)

/** Rows in the order of the connection, each with its cursor. */
export type Page<Row> = {
  edges: readonly { readonly cursor: string; readonly node: Row }[]
  pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

export const emptyPage = (): Page<never> => ({
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
})

/**
 * Most queries ask for no cursor, or for the last one alone; a page is made for every list of every row. A class, as V8 keeps
 * the getter of an object literal, and all that it knows, until it collects old objects.
 */
export class Edge<Row> {
  readonly node: Row
  readonly cursorOf: (row: Row) => string

  constructor(node: Row, cursorOf: (row: Row) => string) {
    this.node = node
    this.cursorOf = cursorOf
  }

  get cursor(): string {
    return this.cursorOf(this.node)
  }
}

class PageInfo {
  readonly hasPreviousPage: boolean
  readonly hasNextPage: boolean
  readonly edges: readonly { readonly cursor: string }[]

  constructor(window: Window, cut: boolean, edges: readonly { readonly cursor: string }[]) {
    this.hasPreviousPage = window.after !== null || (window.backward && cut)
    this.hasNextPage = window.before !== null || (!window.backward && cut)
    this.edges = edges
  }

  get startCursor(): string | null {
    return this.edges[0]?.cursor ?? null
  }

  get endCursor(): string | null {
    return this.edges.at(-1)?.cursor ?? null
  }
}

/** From the rows read in reading order (backwards for `last`), one more than the page holds when there are more. */
export function toPage<Row>(window: Window, rows: readonly Row[], cursorOf: (row: Row) => string): Page<Row> {
  const cut = rows.length > window.limit
  const kept = cut ? rows.slice(0, window.limit) : [...rows]
  if (window.backward) kept.reverse()
  const edges = kept.map((node) => new Edge(node, cursorOf))
  return { edges, pageInfo: new PageInfo(window, cut, edges) }
}

/** A page, or a promise of one where it has to be read first. */
export type PageToCome<Row> = Page<Row> | Promise<Page<Row>>

/**
 * Gives the rows of a page what their fields need to know besides, in place: they were read for this request, and copies of
 * all rows of all lists are most of what a page would cost. At once for a page that is there already.
 */
export function extendRows<Row extends object, Extra extends object>(
  page: PageToCome<Row>,
  extra: Extra,
): PageToCome<Row & Extra> {
  if (page instanceof Promise) return page.then((found) => extendRows(found, extra))
  for (const { node } of page.edges) Object.assign(node, extra)
  return page as Page<Row & Extra>
}

const FIRST_PAGE: Window = toWindow({})
const WHOLE: Window = { ...FIRST_PAGE, limit: 10_000 }

/** The rows of all pages: of the first one, which may have been read ahead, and where there are more, all of them at once. */
export function allRows<Row>(pageAt: (window: Window) => PageToCome<Row>): Row[] | Promise<Row[]> {
  const rowsOf = ({ edges }: Page<Row>) => edges.map(({ node }) => node)
  const allOf = (first: Page<Row>) =>
    first.pageInfo.hasNextPage ? Promise.resolve(pageAt(WHOLE)).then(rowsOf) : rowsOf(first)
  const first = pageAt(FIRST_PAGE)
  return first instanceof Promise ? first.then(allOf) : allOf(first)
}

/** A page and how many rows there are in all, asked only when wanted. */
export type Connection<Row> = Page<Row> & { count: () => number | Promise<number> }

type Count = Connection<unknown>['count']

export function connection<Row>(page: Page<Row>, count: Count): Connection<Row>
export function connection<Row>(page: PageToCome<Row>, count: Count): Connection<Row> | Promise<Connection<Row>>
/** At once for a page that is there already: a promise for every list of every row would cost more than the lists. */
export function connection<Row>(page: PageToCome<Row>, count: Count) {
  if (page instanceof Promise) return page.then((found) => connection(found, count))
  return { edges: page.edges, pageInfo: page.pageInfo, count }
}

export const emptyConnection = (): Connection<never> => connection(emptyPage(), () => 0)
