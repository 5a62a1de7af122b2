// Pages by number (docs/contract/rest.md#pages).
import { z } from 'zod'
import { assertAnswerFits } from '../../../context/answer-size.ts'
import type { Context } from '../../../context/context.ts'
import { contextOfRow } from '../../../context/field-place.ts'
import type { NumberedPage } from '../../../rows/numbered-page.ts'
import { weakTagOf } from '../../entity-tag.ts'
import { credentialParameters } from './credentials.ts'
import type { Call } from './endpoint.ts'
import { integer, optional } from './fields.ts'

const isBelowOne = (value: unknown) => typeof value === 'string' && /^\s*(?:-\d+|0+)\s*$/.test(value)

/** A number below 1 counts as absent, as in GitLab. */
const fromOne = optional(z.preprocess((value) => (isBelowOne(value) ? null : value), integer(1).nullish()))

export const pageFields = {
  page: fromOne.describe('Number of the page, from 1. A number below 1 counts as 1.'),
  per_page: fromOne.describe(
    'Items per page: at most 100, and 20 without it or below 1. Ask for fewer when the items are too large for one answer (413).',
  ),
}

/** The parts of a request that a page needs. */
type Asked = Pick<Call, 'context' | 'url'>

/** The request's URL without credentials. It has the host that the client used, and the path of BASE_URL before its own path. */
export function shownUrl(
  { baseUrl }: Context,
  { origin, pathname, search }: Pick<URL, 'origin' | 'pathname' | 'search'>,
): URL {
  const shown = new URL(`${origin}${new URL(baseUrl).pathname.replace(/\/$/, '')}${pathname}${search}`)
  for (const name of credentialParameters) shown.searchParams.delete(name)
  return shown
}

function linkTo({ context, url }: Asked, page: NumberedPage<unknown>, number: number): string {
  const link = shownUrl(context, url)
  link.searchParams.set('page', String(number))
  link.searchParams.set('per_page', String(page.size))
  return link.href
}

export const paginationHeaders = [
  'x-page',
  'x-per-page',
  'x-next-page',
  'x-prev-page',
  'x-total',
  'x-total-pages',
] as const

/** Clients refuse more than 16 KB of headers, and proxies refuse more than 8 KB. */
const MAX_LINK_CHARACTERS = 6_000

/** The header is left out when it would be so long that it is refused. Each link repeats the client's query, which may be long. */
function linkHeader(links: readonly string[]): Record<string, string> {
  const link = links.join(', ')
  return link.length > MAX_LINK_CHARACTERS ? {} : { link }
}

function headersOf(call: Asked, page: NumberedPage<unknown>): Record<string, string> {
  const { number, size, total, hasNext } = page
  const lastPage = total === null ? null : Math.max(Math.ceil(total / size), 1)
  const related = { prev: number > 1 ? number - 1 : null, next: hasNext ? number + 1 : null, first: 1, last: lastPage }
  const links = Object.entries(related).flatMap(([rel, at]) =>
    at === null ? [] : [`<${linkTo(call, page, at)}>; rel="${rel}"`],
  )
  return {
    ...linkHeader(links),
    'x-page': String(number),
    'x-per-page': String(size),
    'x-next-page': String(related.next ?? ''),
    'x-prev-page': String(related.prev ?? ''),
    ...(total === null ? {} : { 'x-total': String(total), 'x-total-pages': String(lastPage) }),
  }
}

/** Answers with a page of a list that is not counted. The link to the next page has the value of the last item in this parameter. */
export function answerKeyset<Item>(
  call: Asked,
  { rows, size, hasNext }: NumberedPage<Item>,
  { name, value }: { name: string; value: (item: Item) => string | number },
): Response {
  const next = shownUrl(call.context, call.url)
  const last = rows.at(-1)
  next.searchParams.delete('page')
  next.searchParams.set('per_page', String(size))
  if (last) next.searchParams.set(name, String(value(last)))
  const text = JSON.stringify(rows)
  assertAnswerFits(call.context, Buffer.byteLength(text))
  const link = hasNext ? linkHeader([`<${next.href}>; rel="next"`]) : {}
  return new Response(text, { headers: { 'content-type': 'application/json', etag: weakTagOf(text), ...link } })
}

/**
 * Answers with the page. All items are presented at the same time, so that the loaders read for all of them together. `present`
 * must use the context that it gets. This context knows the item's row, so the error of an answer that is too large can say how
 * many items would fit.
 */
export async function answerPage<Row, Item = Row>(
  call: Asked,
  page: NumberedPage<Row>,
  present: (row: Row, context: Context) => Item | Promise<Item> = (row) => row as Row & Item,
): Promise<Response> {
  const { context } = call
  const presented = page.rows.map(async (row, at) => present(row, contextOfRow(context, at)))
  // Waits for every item, even after a failure, because the error depends on the sizes of all items.
  await Promise.allSettled(presented)
  const text = JSON.stringify(await Promise.all(presented))
  assertAnswerFits(context, Buffer.byteLength(text))
  const headers = { 'content-type': 'application/json', etag: weakTagOf(text), ...headersOf(call, page) }
  return new Response(text, { headers })
}
