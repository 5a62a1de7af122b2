// Lists of pages that are asked for by a cursor in the URL.
import type { Markup } from './layout.ts'
import { pageLinks } from './page-links.ts'

const PAGE_SIZE = 20

type Query = Readonly<Record<string, string>>

/** The arguments of a connection. `list` tells apart the lists of one page. */
export function windowIn(query: Query, list = '') {
  const [before, after] = [query[`${list}before`], query[`${list}after`]]
  return before ? { last: PAGE_SIZE, before } : { first: PAGE_SIZE, after: after || null }
}

type PageInfo = { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }

/** Links to the neighbour pages. `kept` is what else the URL of the page says. */
export const cursorLinks = ({ pageInfo }: { pageInfo: PageInfo }, kept: Query = {}, list = ''): Markup | string =>
  pageLinks(kept, {
    previous: pageInfo.hasPreviousPage ? { [`${list}before`]: pageInfo.startCursor ?? '' } : null,
    next: pageInfo.hasNextPage ? { [`${list}after`]: pageInfo.endCursor ?? '' } : null,
  })
