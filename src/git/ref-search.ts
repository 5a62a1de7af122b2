/** Parts that a name holds one after the other, as `*` stands between them for anything. */
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
 * Whether the name is what is searched for, as GitLab's finder has it: regardless of letter case, `^` begins it, `$` ends it, `*` is
 * anything, and nothing else is special. In time that grows with the name, whatever is searched for: no regular expression is made.
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

/** In GitLab the name that is exactly what is searched for comes first, unless the search has something special. */
export function exactFirst<Ref extends { name: string }>(refs: Ref[], search: string): Ref[] {
  if (search === '' || /[\^$*]/.test(search)) return refs
  const at = refs.findIndex(({ name }) => name.toLowerCase() === search.toLowerCase())
  const exact = refs[at]
  return exact ? [exact, ...refs.slice(0, at), ...refs.slice(at + 1)] : refs
}
