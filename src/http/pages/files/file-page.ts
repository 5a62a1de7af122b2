import { dirname } from 'node:path'
import { html, raw } from 'hono/html'
import { LRUCache } from 'lru-cache'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { renderMarkdown } from '../../../markdown/render.ts'
import { inTurn } from '../../../markdown/render-in-turn.ts'
import { showHtml } from '../../../modules/notes/show-html.ts'
import { encodedPath, segment } from '../../../modules/releases/release-urls.ts'
import { mediaType } from '../../files/send-upload.ts'
import { isText } from '../../rest/repository/send-repository-file.ts'
import type { Markup } from '../kit/layout.ts'

export type ShownFile = { project: Project; ref: string; path: string; id: string; content: Buffer }

/** A longer text is not shown, but linked. */
export const MAX_SHOWN_BYTES = 1024 ** 2

/** Rendering takes time, and the same content at the same place always gives the same HTML. */
const rendered = new LRUCache<string, string>({ maxSize: 16 * 1024 ** 2, sizeCalculation: (text) => text.length + 1 })

const isMarkdown = (path: string) => /\.(?:md|markdown)$/i.test(path)

/** A file of Markdown as the viewer sees it. Its relative addresses begin in its folder, at the same ref. */
async function renderFile(context: Context, { project, ref, path, id, content }: ShownFile): Promise<string> {
  const folder = dirname(path) === '.' ? '' : dirname(path)
  const key = `${project.id} ${id} ${folder}`
  const known = rendered.get(key)
  const kept =
    known ?? (await inTurn(() => renderMarkdown(content.toString('utf8'), { projectId: project.id, folder })))
  rendered.set(key, kept)
  return showHtml(context, kept, { project, ref })
}

/** The content as a page shows it. `address` is the URL of its bytes. */
export async function shownContent(context: Context, file: ShownFile, address: string): Promise<Markup> {
  const { path, content } = file
  if (mediaType(path)?.startsWith('image/')) return html`<p><img src="${address}" alt=""></p>`
  if (!isText(content)) return html`<p>This file is not text.</p>`
  if (content.length > MAX_SHOWN_BYTES) return html`<p>This file is too long to be shown here.</p>`
  if (isMarkdown(path)) return html`${raw(await renderFile(context, file))}`
  return html`<pre>${content.toString('utf8')}</pre>`
}

export async function filePage(context: Context, file: ShownFile): Promise<Markup> {
  const { project, ref, path, content } = file
  const address = `${context.baseUrl}/${project.fullPath}/-/raw/${segment(ref)}/${encodedPath(path)}`
  return html`
<h1>${path}</h1>
<p><small>${project.fullPath}, at <code>${ref}</code>, ${content.length} bytes</small> <a href="${address}">Raw</a></p>
${await shownContent(context, file, address)}`
}
