import { parseUrl } from '../foundation/parse-url.ts'

/**
 * A URL that fits into the header `Location`. A host with other letters becomes Punycode, and everything else is percent-encoded.
 */
export function asciiLocation(location: string): string {
  if (/^[\x21-\x7e]*$/.test(location)) return location
  return parseUrl(location)?.href ?? location.replace(/[^\x21-\x7e]+/g, encodeURIComponent)
}
