import { LRUCache } from 'lru-cache'
import { renderMarkdown, renderPlain } from './render.ts'
import { inTurn } from './render-in-turn.ts'

/** A longer title is shown as plain text. */
const MAX_CHARACTERS = 255
const kept = new LRUCache<string, string>({ max: 2_000 })

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
