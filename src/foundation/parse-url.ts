/**
 * Null when the text is no URL. Use it in place of `URL.canParse`, which in Node 20 refuses every text with letters such as `ü` as soon
 * as V8 has compiled its fast path.
 */
export function parseUrl(text: string, base?: string | URL): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}
