import { parseUrl } from '../../../foundation/parse-url.ts'
import { maxCharacters } from '../../../foundation/text-limits.ts'

const NOWHERE = 'http://nowhere.invalid'

/**
 * The path on this server that a browser goes to after signing in. A text that a browser would read as an address of another server
 * counts as none, so that nobody is sent away by a link to us.
 */
export function pathToReturnTo(text: unknown): string {
  if (typeof text !== 'string' || !text.startsWith('/') || text.length > maxCharacters.url) return '/'
  const url = parseUrl(text, NOWHERE)
  if (url?.origin !== NOWHERE || url.pathname.startsWith('//')) return '/'
  return `${url.pathname}${url.search}${url.hash}`
}
