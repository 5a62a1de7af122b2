// Follows every address that pages and answers give out, as one viewer.
import type { Demo } from '../../src/demo/demo-file.ts'

export type Viewer = 'anonymous' | keyof Demo['tokens']

/** Addresses of the same kind: the names and numbers in them differ. */
export const kindOf = (address: string): string => {
  const { pathname, search } = new URL(address)
  const kind = pathname
    .replace(/^(?:\/groups)?\/demo(?:\/[^/]+(?=\/-\/|$))?/, (start) => start.replace(/\/demo\/.+/, '/demo/:project'))
    .replace(
      /(\/-\/(?:releases|tags|tree|commits|commit|blob|raw|archive|compare|branches))\/(?!new$|id\/).+/,
      '$1/:ref',
    )
    .replace(/\b[0-9a-f]{40}\b|[0-9a-f]{64}/g, ':sha')
    .replace(/\/\d+(?=\/|$)/g, '/:number')
  return `${kind}${search.replace(/=[^&]*/g, '')}`
}

/** At most so many addresses of a kind are opened. */
const OF_A_KIND = 4
/** What is asked for at once. */
const AT_ONCE = 4

const unescaped = (text: string) =>
  text
    .replace(/&amp;/g, '&')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')

const inHtml = (text: string) =>
  [...text.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map(([, found = '']) => unescaped(found))

/** Every text in the JSON that is an address of this server. */
function inJson(value: unknown, url: string): string[] {
  if (typeof value === 'string') return value.startsWith(`${url}/`) && !/[{\s]/.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap((each) => inJson(each, url))
}

/** Git's own addresses, and what only a POST means. */
const isForBrowsers = ({ pathname }: URL) =>
  !/\.git(?:\/|$)/.test(pathname) && !['/graphql', '/api/v4', '/api/graphql'].includes(pathname)

type Page = { address: string; status: number; isPage: boolean; from: string; text: string; headers: string }

export async function walk(url: string, token: string | null, begin: readonly string[]): Promise<Page[]> {
  const seen = new Set<string>()
  const kinds = new Map<string, number>()
  const opened: Page[] = []
  const waiting: { address: string; from: string }[] = []
  const find = (found: string, from: string) => {
    const address = new URL(found, from)
    address.hash = ''
    const kind = kindOf(address.href)
    const known = kinds.get(kind) ?? 0
    if (address.origin !== url || seen.has(address.href) || known >= OF_A_KIND || !isForBrowsers(address)) return
    seen.add(address.href)
    kinds.set(kind, known + 1)
    waiting.push({ address: address.href, from })
  }
  const open = async ({ address, from }: { address: string; from: string }) => {
    const accept = new URL(address).pathname.startsWith('/api/') ? 'application/json' : 'text/html'
    const headers = { accept, ...(token === null ? {} : { 'private-token': token }) }
    const response = await fetch(address, { headers })
    const type = response.headers.get('content-type') ?? ''
    const text = /html|json|xml/.test(type) ? await response.text() : ''
    await response.body?.cancel().catch(() => undefined)
    opened.push({
      address,
      status: response.status,
      isPage: type.startsWith('text/html'),
      from,
      text,
      headers: JSON.stringify([...response.headers]),
    })
    const found = type.includes('json') ? inJson(JSON.parse(text), url) : inHtml(text)
    for (const each of found) find(each, response.url)
  }
  for (const address of begin) find(address, url)
  while (waiting.length > 0) await Promise.all(waiting.splice(0, AT_ONCE).map(open))
  return opened
}
