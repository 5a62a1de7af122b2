import { toWindow, type Window } from './window.ts'

/** Whether a GraphQL type only carries rows and has no data of its own. */
export const isCarrier = (type: string) => type === 'PageInfo' || /(Connection|Edge)$/.test(type)

/** Some rows of a connection in its order, each with its cursor. */
export type Page<Row> = {
  edges: readonly { readonly cursor: string; readonly node: Row }[]
  pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

const emptyPage = (): Page<never> => ({
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
})

/**
 * Makes its cursor when it is asked for it, because most queries ask for the last cursor or for none. It is a class, because V8
 * keeps the getter of an object literal, and everything that the getter refers to, until it collects old objects.
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

/** Makes a page of rows as they were read (backwards for `last`). One row too many means that more follow. */
export function toPage<Row>(window: Window, rows: readonly Row[], cursorOf: (row: Row) => string): Page<Row> {
  const cut = rows.length > window.limit
  const kept = cut ? rows.slice(0, window.limit) : [...rows]
  if (window.backward) kept.reverse()
  const edges = kept.map((node) => new Edge(node, cursorOf))
  return { edges, pageInfo: new PageInfo(window, cut, edges) }
}

/** A page, or a promise of a page that has to be read first. */
export type PageToCome<Row> = Page<Row> | Promise<Page<Row>>

/**
 * Adds to the rows of a page what their fields need to know besides. It changes the rows, which belong to this request alone,
 * because copies of all rows of all lists would be most of what a page costs. For a page that is there already it makes no
 * promise.
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

/** All rows of a list: the first page, which may have been read ahead, or all rows at once if there are more. */
export function allRows<Row>(pageAt: (window: Window) => PageToCome<Row>): Row[] | Promise<Row[]> {
  const rowsOf = ({ edges }: Page<Row>) => edges.map(({ node }) => node)
  const allOf = (first: Page<Row>) =>
    first.pageInfo.hasNextPage ? Promise.resolve(pageAt(WHOLE)).then(rowsOf) : rowsOf(first)
  const first = pageAt(FIRST_PAGE)
  return first instanceof Promise ? first.then(allOf) : allOf(first)
}

/** A page, and a function that counts the rows of the whole list. It is called only when a query asks for the count. */
export type Connection<Row> = Page<Row> & { count: () => number | Promise<number> }

type Count = Connection<unknown>['count']

export function connection<Row>(page: Page<Row>, count: Count): Connection<Row>
export function connection<Row>(page: PageToCome<Row>, count: Count): Connection<Row> | Promise<Connection<Row>>
/** Makes no promise for a page that is there, because promises for all lists of all rows would cost more than the lists. */
export function connection<Row>(page: PageToCome<Row>, count: Count) {
  if (page instanceof Promise) return page.then((found) => connection(found, count))
  return { edges: page.edges, pageInfo: page.pageInfo, count }
}

export const emptyConnection = (): Connection<never> => connection(emptyPage(), () => 0)
