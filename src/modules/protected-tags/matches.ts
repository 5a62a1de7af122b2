/**
 * Whether the name or the pattern of a protected tag matches a tag. `*` stands for any number of any characters, also for slashes
 * and for none. Each piece between two stars is taken where it first fits. This leaves the most for the rest, so nothing is tried
 * twice.
 */
export function matchesTag(pattern: string, tag: string): boolean {
  if (tag.trim() === '') return false
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.pop()
  if (tail === undefined) return tag === pattern
  const end = tag.length - tail.length
  if (end < head.length || !tag.startsWith(head) || !tag.endsWith(tail)) return false
  let from = head.length
  for (const piece of rest) {
    const at = tag.indexOf(piece, from)
    if (at === -1 || at + piece.length > end) return false
    from = at + piece.length
  }
  return true
}
