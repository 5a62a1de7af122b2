import { isNobody } from '../../access/viewer.ts'
import type { Context } from '../../context/context.ts'
import { renderMarkdown } from '../../markdown/render.ts'
import { inTurn } from '../../markdown/render-in-turn.ts'
import { findProject } from '../projects/find-project.ts'
import { showHtml } from './show-html.ts'

/** Relative addresses of a text that has no tag yet are those of the default branch. */
const REF = 'HEAD'

/**
 * Any Markdown as the notes of the project would show it to the viewer. Null for nobody, because rendering takes time, and for a project
 * that is hidden or missing.
 */
export async function renderText(
  context: Context,
  { text, projectPath }: { text: string; projectPath?: string | null | undefined },
): Promise<string | null> {
  if (isNobody(context.viewer)) return null
  await context.spendOn?.({ what: 'previews', projectId: null })
  if (projectPath == null) return inTurn(() => renderMarkdown(text))
  const project = await findProject(context, projectPath)
  if (!project) return null
  const html = await inTurn(() => renderMarkdown(text, { projectId: project.id }))
  return showHtml(context, html, { project, ref: REF })
}
