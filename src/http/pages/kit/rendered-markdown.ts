import { createHash } from 'node:crypto'
import { raw } from 'hono/html'
import { LRUCache } from 'lru-cache'
import type { Context } from '../../../context/context.ts'
import { renderMarkdown } from '../../../markdown/render.ts'
import { inTurn } from '../../../markdown/render-in-turn.ts'
import { type Belongs, showHtml } from '../../../modules/notes/show-html.ts'
import type { Markup } from './layout.ts'

/** `folder` is where the text is in the repository; absent: the root. */
type Place = Belongs & { folder?: string }

/** Rendering takes time, and the same text at the same place always gives the same HTML. */
const rendered = new LRUCache<string, string>({ maxSize: 16 * 1024 ** 2, sizeCalculation: (text) => text.length + 1 })

async function renderOnce(text: string, place: Place | null): Promise<string> {
  const belonging = place && { projectId: place.project.id, folder: place.folder ?? '' }
  const key = `${JSON.stringify(belonging)} ${createHash('sha256').update(text).digest('base64url')}`
  const html = rendered.get(key) ?? (await inTurn(() => renderMarkdown(text, belonging ?? undefined)))
  rendered.set(key, html)
  return html
}

/**
 * Markdown as the viewer sees it. Its relative addresses begin at its place; a text of a group has none. References lead only to what
 * the viewer may see.
 */
export async function renderedMarkdown(context: Context, text: string, place: Place | null): Promise<Markup> {
  const html = await renderOnce(text, place)
  return raw(place ? await showHtml(context, html, place) : html)
}
