import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { isUnchanged } from '../entity-tag.ts'
import { graphiqlHeaders } from '../pages/kit/html-page.ts'
import { exampleQuery } from './example-query.ts'

/** The path of BASE_URL, without a slash at its end. */
const pathOf = (baseUrl: string) => new URL(baseUrl).pathname.replace(/\/$/, '')

/** Whether a browser follows a link to the endpoint. */
export const wantsPage = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && (headers.accept ?? '').includes('text/html')

/**
 * A link in the corner to the page for signing in, which tells who is signed in. It is not a part of GraphiQL, whose bytes are the
 * same for everybody.
 */
const signInLink = (base: string) => `
<a id="signed-in" href="${base}/-/sign-in?return_to=/graphql" style="position:fixed;right:1rem;bottom:0.5rem;z-index:1;font:14px system-ui">Sign in</a>
<script>
fetch(${JSON.stringify(`${base}/graphql`)}, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ currentUser { username } }' })
}).then((response) => response.json()).then(({ data }) => {
  if (data && data.currentUser) document.getElementById('signed-in').textContent = 'Signed in as ' + data.currentUser.username
}).catch(() => {})
</script>`

type Page = { headers: Record<string, string>; etag: string; plain: Buffer; compressed: Buffer }

/** The only script of the markup, as the policy of the page names it. No other script runs. */
function scriptOf(markup: string): string {
  const script = markup.slice(markup.indexOf('<script>') + '<script>'.length, markup.lastIndexOf('</script>'))
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`
}

/** The page has 9 MB. It is made when somebody first opens it. Everybody gets the same bytes, so slow readers cost no memory. */
async function makePage(baseUrl: string): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const html = renderGraphiQL({ title: 'Waybill', defaultQuery: exampleQuery, headers: '{}' })
  const link = signInLink(pathOf(baseUrl))
  const end = html.lastIndexOf('</body>')
  const plain = Buffer.from(`${html.slice(0, end)}${link}${html.slice(end)}`)
  const compressed = await promisify(gzip)(plain, { level: 9 })
  const etag = `"${createHash('sha1').update(plain).digest('base64url')}"`
  return { headers: { ...graphiqlHeaders(`${scriptOf(html)} ${scriptOf(link)}`), etag }, etag, plain, compressed }
}

/** Sends GraphiQL, an editor for queries that runs in the browser. */
export function createGraphiql(baseUrl: string) {
  let made: Promise<Page> | undefined
  return async ({ headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
    made ??= makePage(baseUrl)
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
