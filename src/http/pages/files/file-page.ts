import { dirname } from 'node:path'
import { html } from 'hono/html'
import type { Context } from '../../../context/context.ts'
import type { OneFileQuery } from '../../../generated/documents.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { fileUrl } from '../../../modules/repository/file-url.ts'
import { MAX_SHOWN_BYTES } from '../../../modules/repository/place-schema.ts'
import { mediaType } from '../../files/send-upload.ts'
import type { Markup } from '../kit/layout.ts'
import { renderedMarkdown } from '../kit/rendered-markdown.ts'

export type ShownFile = NonNullable<NonNullable<NonNullable<OneFileQuery['project']>['repository']>['file']>

const folderOf = (path: string) => (dirname(path) === '.' ? '' : dirname(path))

const isMarkdown = (path: string) => /\.(?:md|markdown)$/i.test(path)

/** The content as a page shows it. */
async function shownContent(context: Context, project: Project, file: ShownFile): Promise<Markup> {
  const { path, ref, size, text } = file
  if (mediaType(path)?.startsWith('image/')) {
    return html`<p><img src="${fileUrl(context, project, 'raw', file)}" alt=""></p>`
  }
  if (size > MAX_SHOWN_BYTES) return html`<p>This file is too long to be shown here.</p>`
  if (text === null) return html`<p>This file is not text.</p>`
  if (isMarkdown(path)) return renderedMarkdown(context, text, { project, ref, folder: folderOf(path) })
  return html`<pre>${text}</pre>`
}

export const filePage = async (context: Context, project: Project, file: ShownFile): Promise<Markup> => html`
<h1>${file.path}</h1>
<p><small>${project.fullPath}, at <code>${file.ref}</code>, ${file.size} bytes</small> <a href="${fileUrl(context, project, 'raw', file)}">Raw</a></p>
${await shownContent(context, project, file)}`

/** What a project says about itself. */
export const readme = async (context: Context, project: Project, file: ShownFile): Promise<Markup> =>
  html`<section aria-labelledby="readme"><h2 id="readme"><a href="${fileUrl(context, project, 'blob', file)}">${file.path}</a></h2>${await shownContent(
    context,
    project,
    file,
  )}</section>`
