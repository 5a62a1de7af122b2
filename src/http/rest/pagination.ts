// Pages by number (docs/contract/rest.md#pages).
import { assertAnswerFits } from '../../answer-size/answer-size.ts'
import { contextOfRow } from '../../answer-size/place.ts'
import type { Order } from '../../connections/keyset.ts'
import type { Context } from '../../context.ts'
import { db } from '../../db.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { credentialParameters } from './credentials.ts'
import type { Call } from './endpoint.ts'
import { integer, optional } from './fields.ts'

const DEFAULT_PAGE_SIZE = 20
const MAX_PAGE_SIZE = 100

/** Above it totals are not told, so that counting has an end. */
const MAX_TOTAL = 10_000

export const pageFields = {
  page: optional(integer(1)).describe('Number of the page, from 1.'),
  per_page: optional(integer(1)).describe(
    'Items per page: 20 without it, at most 100; fewer where their texts are longer than one answer may hold (413).',
  ),
}

export type PageInput = { page?: number | null | undefined; per_page?: number | null | undefined }

type Page<Row> = {
  rows: Row[]
  number: number
  size: number
  hasNext: boolean
  /** Null: more than are counted, or none is. */
  total: number | null
}

const placeOf = ({ page, per_page }: PageInput) => {
  const number = page ?? 1
  const size = Math.min(per_page ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
  return { number, size, offset: (number - 1) * size }
}

type Source = {
  /** The columns, as the row type names them. */
  columns: Prisma.Sql
  from: Prisma.Sql
  where: Prisma.Sql
  /** Ends with something unique. */
  orderBy: Prisma.Sql
  /** How many rows there are, where it is known. */
  count?: number
}

/** ORDER BY of an order that cursors know as well. */
export const sortedBy = ({ terms, direction }: Pick<Order<unknown>, 'terms' | 'direction'>): Prisma.Sql =>
  Prisma.join(terms.map((term) => Prisma.sql`${term} ${Prisma.raw(direction)}`))

async function countUpTo(limit: number, { from, where }: Source): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (SELECT FROM ${from} WHERE ${where} LIMIT ${limit}) AS counted`
  return row?.count ?? 0
}

/** Reads a page and its total: two statements, however long the page and the list are. */
export async function readPage<Row>(source: Source, input: PageInput): Promise<Page<Row>> {
  const { columns, from, where, orderBy } = source
  const { number, size, offset } = placeOf(input)
  const [rows, count] = await Promise.all([
    db.$queryRaw<Row[]>`
      SELECT ${columns} FROM ${from} WHERE ${where} ORDER BY ${orderBy} LIMIT ${size + 1} OFFSET ${offset}::bigint`,
    source.count ?? countUpTo(MAX_TOTAL + 1, source),
  ])
  const total = count > MAX_TOTAL ? null : count
  return { rows: rows.slice(0, size), number, size, hasNext: rows.length > size, total }
}

/** A page of what is in memory as a whole. */
export function pageOf<Row>(all: readonly Row[], input: PageInput): Page<Row> {
  const { number, size, offset } = placeOf(input)
  const total = all.length > MAX_TOTAL ? null : all.length
  return { rows: all.slice(offset, offset + size), number, size, hasNext: all.length > offset + size, total }
}

/** A page of what is not counted. */
export async function uncountedPage<Row>(
  input: PageInput,
  read: (place: { size: number; offset: number }) => Promise<{ rows: Row[]; hasNext: boolean }>,
): Promise<Page<Row>> {
  const { number, size, offset } = placeOf(input)
  return { ...(await read({ size, offset })), number, size, total: null }
}

/** What pages need to know of a request. */
type Asked = Pick<Call, 'context' | 'url'>

/** On the host that the client used, behind the path that BASE_URL has. */
function linkTo({ context, url }: Asked, page: Page<unknown>, number: number): string {
  const { pathname } = new URL(context.baseUrl)
  const query = new URLSearchParams(url.search)
  for (const name of credentialParameters) query.delete(name)
  query.set('page', String(number))
  query.set('per_page', String(page.size))
  return `${url.origin}${pathname.replace(/\/$/, '')}${url.pathname}?${query}`
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

function headersOf(call: Asked, page: Page<unknown>): Record<string, string> {
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
export async function answerPage<Row, Item>(
  call: Asked,
  page: Page<Row>,
  present: (row: Row, context: Context) => Item | Promise<Item>,
): Promise<Response> {
  const { context } = call
  const presented = page.rows.map(async (row, at) => present(row, contextOfRow(context, at)))
  // All of them, as what the others would have held is known only then.
  await Promise.allSettled(presented)
  const text = JSON.stringify(await Promise.all(presented))
  assertAnswerFits(context, Buffer.byteLength(text))
  return new Response(text, { headers: { 'content-type': 'application/json', ...headersOf(call, page) } })
}
