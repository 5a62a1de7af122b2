// Lists have pages, which links lead to. The links keep what the list was asked for.
import { html } from 'hono/html'
import type { Markup } from './layout.ts'

type Query = Readonly<Record<string, string | undefined>>

/** What is added to the query for the neighbour pages; null where there is none. */
type Neighbours = { previous: Query | null; next: Query | null }

export const byNumber = ({ number, hasNext }: { number: number; hasNext: boolean }): Neighbours => ({
  previous: number > 1 ? { page: `${number - 1}` } : null,
  next: hasNext ? { page: `${number + 1}` } : null,
})

const linkTo = (label: string, query: Query) => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return html`<a href="?${new URLSearchParams(given).toString()}">${label}</a> `
}

/** `query` is what the list was asked for. */
export function pageLinks(query: Query, { previous, next }: Neighbours): Markup | string {
  if (!previous && !next) return ''
  return html`
<nav aria-label="Pages">${previous ? linkTo('Previous', { ...query, ...previous }) : ''}${
    next ? linkTo('Next', { ...query, ...next }) : ''
  }</nav>`
}
