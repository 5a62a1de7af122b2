import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { renderMarkdown } from '../../markdown/render.ts'
import { inTurn } from '../../markdown/render-in-turn.ts'
import { showHtml } from './show-html.ts'

/** Notes that are not stored yet, as safe HTML with links to what the viewer may see. `ref` is the tag that they will belong to. */
export async function previewNotes(
  context: Context,
  project: Project,
  { text, ref }: { text: string; ref: string },
): Promise<string> {
  const html = await inTurn(() => renderMarkdown(text, { projectId: project.id }))
  return showHtml(context, html, { project, ref })
}
