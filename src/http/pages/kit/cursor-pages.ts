// Lists of pages that are asked for by a cursor in the URL.
import { html } from 'hono/html'
import type { Markup } from './layout.ts'

const PAGE_SIZE = 20

type Query = Readonly<Record<string, string>>

/** The arguments of a connection. `list` tells apart the lists of one page. */
export function windowIn(query: Query, list = '') {
  const [before, after] = [query[`${list}before`], query[`${list}after`]]
  return before ? { last: PAGE_SIZE, before } : { first: PAGE_SIZE, after: after || null }
}

type PageInfo = { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }

/** Links to the neighbour pages. `kept` is what else the URL of the page says. */
export function cursorLinks({ pageInfo }: { pageInfo: PageInfo }, kept: Query = {}, list = ''): Markup | string {
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo
  const link = (label: string, name: string, cursor: string | null) =>
    html`<a href="?${new URLSearchParams({ ...kept, [list + name]: cursor ?? '' }).toString()}">${label}</a> `
  if (!hasNextPage && !hasPreviousPage) return ''
  return html`<nav aria-label="Pages">${hasPreviousPage ? link('Previous', 'before', startCursor) : ''}${
    hasNextPage ? link('Next', 'after', endCursor) : ''
  }</nav>`
}
