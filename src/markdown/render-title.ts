import { LRUCache } from 'lru-cache'
import { renderMarkdown, renderPlain } from './render.ts'
import { inTurn } from './render-in-turn.ts'

/** Longer than any title that a person wrote; what is longer is shown as it is. */
const MAX_CHARACTERS = 255
const kept = new LRUCache<string, string>({ max: 2_000 })

/** A title as safe HTML. */
export function renderTitle(title: string): string | Promise<string> {
  if (title.length > MAX_CHARACTERS) return renderPlain(title)
  const known = kept.get(title)
  if (known !== undefined) return known
  return inTurn(() => {
    const html = renderMarkdown(title)
    kept.set(title, html)
    return html
  })
}
