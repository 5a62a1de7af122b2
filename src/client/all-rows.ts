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
