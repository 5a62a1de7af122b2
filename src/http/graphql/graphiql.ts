import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { isUnchanged } from '../entity-tag.ts'
import { graphiqlHeaders } from '../pages/html-page.ts'
import { exampleQuery } from './example-query.ts'

/** Whether a browser follows a link to the endpoint. */
export const wantsPage = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && (headers.accept ?? '').includes('text/html')

type Page = { headers: Record<string, string>; etag: string; plain: Buffer; compressed: Buffer }

/** The page's only script, as its policy names it. No other script runs. */
function scriptOf(html: string): string {
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'))
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`
}

/** The page has 9 MB. It is made when somebody first opens it. Everybody gets the same bytes, so slow readers cost no memory. */
async function makePage(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const html = renderGraphiQL({ title: 'Waybill', defaultQuery: exampleQuery, headers: '{}' })
  const plain = Buffer.from(html)
  const compressed = await promisify(gzip)(plain, { level: 9 })
  const etag = `"${createHash('sha1').update(plain).digest('base64url')}"`
  return { headers: { ...graphiqlHeaders(scriptOf(html)), etag }, etag, plain, compressed }
}

/** Sends GraphiQL, an editor for queries that runs in the browser. */
export function createGraphiql() {
  let made: Promise<Page> | undefined
  return async ({ headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
    made ??= makePage()
    const { etag, plain, compressed, headers: own } = await made
    const common = { ...own, 'cache-control': 'no-cache', vary: 'accept-encoding' }
    if (isUnchanged(headers['if-none-match'], etag)) return void response.writeHead(304, common).end()
    const isCompressed = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''))
    const body = isCompressed ? compressed : plain
    response.writeHead(200, {
      ...common,
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
    })
    response.end(body)
  }
}

/** The answer with GRAPHIQL=off. */
export async function answerWithoutPage(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
  response.end('GraphiQL is switched off on this server: send queries by POST or GET with Accept: application/json\n')
}
