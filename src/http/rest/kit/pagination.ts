// Pages by number (docs/contract/rest.md#pages).
import { assertAnswerFits } from '../../../context/answer-size.ts'
import type { Context } from '../../../context/context.ts'
import { contextOfRow } from '../../../context/place.ts'
import type { NumberedPage } from '../../../rows/numbered-page.ts'
import { weakTagOf } from '../../entity-tag.ts'
import { credentialParameters } from './credentials.ts'
import type { Call } from './endpoint.ts'
import { integer, optional } from './fields.ts'

export const pageFields = {
  page: optional(integer(1)).describe('Number of the page, from 1.'),
  per_page: optional(integer(1)).describe(
    'Items per page: 20 without it, at most 100; fewer where their texts are longer than one answer may hold (413).',
  ),
}

/** What pages need to know of a request. */
type Asked = Pick<Call, 'context' | 'url'>

/** What was asked, without credentials, on the host that the client used, behind the path that BASE_URL has. */
export function shownUrl({ baseUrl }: Context, { origin, pathname, search }: URL): URL {
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

/** Clients refuse heads of more than 16 KB, and proxies of more than 8 KB. */
const MAX_LINK_CHARACTERS = 6_000

/** Each link repeats the query, which the client chose: one so long that the header would be refused goes without. */
function linkHeader(links: readonly string[]): Record<string, string> {
  const link = links.join(', ')
  return link.length > MAX_LINK_CHARACTERS ? {} : { link }
}

function headersOf(call: Asked, page: NumberedPage<unknown>): Record<string, string> {
  const { number, size, total, hasNext } = page
  const lastPage = total === null ? null : Math.max(Math.ceil(total / size), 1)
  const related = {
    prev: number > 1 ? number - 1 : null,
    next: hasNext ? number + 1 : null,
    first: 1,
    last: lastPage,
  }
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

/**
 * The page's items, presented at once so that what they need is read together. What is presented takes the context that it is
 * given: so whoever asks for too much is told how many items would do.
 */
export async function answerPage<Row, Item = Row>(
  call: Asked,
  page: NumberedPage<Row>,
  present: (row: Row, context: Context) => Item | Promise<Item> = (row) => row as Row & Item,
): Promise<Response> {
  const { context } = call
  const presented = page.rows.map(async (row, at) => present(row, contextOfRow(context, at)))
  // All of them, as what the others would have held is known only then.
  await Promise.allSettled(presented)
  const text = JSON.stringify(await Promise.all(presented))
  assertAnswerFits(context, Buffer.byteLength(text))
  const headers = { 'content-type': 'application/json', etag: weakTagOf(text), ...headersOf(call, page) }
  return new Response(text, { headers })
}
