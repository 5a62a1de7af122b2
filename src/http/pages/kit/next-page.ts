import { html } from 'hono/html'
import type { Markup } from './layout.ts'

/** Leads on in a list whose page has one list. */
export const nextPage = ({
  hasNextPage,
  endCursor,
}: {
  hasNextPage: boolean
  endCursor: string | null
}): Markup | string =>
  hasNextPage && endCursor !== null
    ? html`<nav aria-label="Pages"><a href="?after=${encodeURIComponent(endCursor)}">Next</a></nav>`
    : ''
