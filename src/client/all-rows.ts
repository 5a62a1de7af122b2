import { z } from 'zod'

type Page<Row> = { nodes: Row[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }

/** The schema of a page that is queried with `PAGE_INFO`. */
export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ nodes: z.array(row), pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }) })

export const PAGE_INFO = 'pageInfo { hasNextPage endCursor }'

export const NO_ROWS = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } }

export async function readAllRows<Row>(read: (after: string | null) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = []
  let page = await read(null)
  rows.push(...page.nodes)
  while (page.pageInfo.hasNextPage) {
    page = await read(page.pageInfo.endCursor)
    rows.push(...page.nodes)
  }
  return rows
}

/** Rows of a list, and how many the whole list has. */
export type RowsUpTo<Row> = { rows: Row[]; count: number }

const PAGE_SIZE = 100

/** Reads the first rows of a list, page by page: at most `limit`. */
export async function readUpTo<Row>(
  limit: number,
  read: (page: { first: number; after: string | null }) => Promise<Page<Row> & { count: number }>,
): Promise<RowsUpTo<Row>> {
  const rows: Row[] = []
  let after: string | null = null
  for (;;) {
    const page = await read({ first: Math.min(PAGE_SIZE, limit - rows.length), after })
    rows.push(...page.nodes)
    if (!page.pageInfo.hasNextPage || rows.length >= limit) return { rows, count: page.count }
    after = page.pageInfo.endCursor
  }
}
