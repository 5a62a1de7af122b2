import { dirname } from 'node:path'
import { html } from 'hono/html'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { encodedPath, segment } from '../../../modules/releases/release-urls.ts'
import { mediaType } from '../../files/send-upload.ts'
import { isText } from '../../rest/repository/send-repository-file.ts'
import type { Markup } from '../kit/layout.ts'
import { renderedMarkdown } from '../kit/rendered-markdown.ts'

export type ShownFile = { project: Project; ref: string; path: string; id: string; content: Buffer }

/** A longer text is not shown, but linked. */
export const MAX_SHOWN_BYTES = 1024 ** 2

const folderOf = (path: string) => (dirname(path) === '.' ? '' : dirname(path))

const isMarkdown = (path: string) => /\.(?:md|markdown)$/i.test(path)

/** The content as a page shows it. `address` is the URL of its bytes. */
export async function shownContent(context: Context, file: ShownFile, address: string): Promise<Markup> {
  const { path, content } = file
  if (mediaType(path)?.startsWith('image/')) return html`<p><img src="${address}" alt=""></p>`
  if (!isText(content)) return html`<p>This file is not text.</p>`
  if (content.length > MAX_SHOWN_BYTES) return html`<p>This file is too long to be shown here.</p>`
  if (isMarkdown(path)) return renderedMarkdown(context, content.toString('utf8'), { ...file, folder: folderOf(path) })
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
