/** Whether the name contains the parts in order. A `*` stood between the parts of the search. */
function holdsInOrder(name: string, parts: readonly string[]): boolean {
  let at = 0
  for (const part of parts) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return true
}

/**
 * Matches names as GitLab's finder does: letter case does not matter, `^` anchors the beginning, `$` anchors the end, `*` matches
 * anything, and no other character is special. We build no regular expression, so that the time grows only with the name.
 */
export function createRefSearch(search: string): (name: string) => boolean {
  const sought = search.toLowerCase()
  const begins = sought.startsWith('^')
  const ends = sought.endsWith('$')
  const parts = sought.slice(begins ? 1 : 0, ends ? -1 : undefined).split('*')
  const first = begins ? (parts.shift() ?? '') : ''
  const last = ends && (parts.length > 0 || !begins) ? (parts.pop() ?? '') : null
  return (name) => {
    const text = name.toLowerCase()
    if (last === null && ends) return text === first
    const end = text.length - (last?.length ?? 0)
    if (!text.startsWith(first) || end < first.length || !text.endsWith(last ?? '')) return false
    return holdsInOrder(text.slice(first.length, end), parts)
  }
}

/** Puts the exact match first, as GitLab does, unless the search contains a special character. */
export function exactFirst<Ref extends { name: string }>(refs: Ref[], search: string): Ref[] {
  if (search === '' || /[\^$*]/.test(search)) return refs
  const at = refs.findIndex(({ name }) => name.toLowerCase() === search.toLowerCase())
  const exact = refs[at]
  return exact ? [exact, ...refs.slice(0, at), ...refs.slice(at + 1)] : refs
}
