import { answerSize } from '../../context/answer-size.ts'
import type { Context } from '../../context/context.ts'
import type { FieldPlace } from '../../context/smaller-pages.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import { keptHtmlOf } from '../releases/release-text.ts'
import { showHtml } from './show-html.ts'

/** The notes as safe HTML, with links to what the viewer may see. */
export function descriptionHtmlOf(
  context: Context,
  release: ReleaseNode,
  place: () => FieldPlace = () => ({ field: 'descriptionHtml', at: [] }),
): string | null | Promise<string | null> {
  const show = (kept: string | null): string | null | Promise<string> => {
    if (kept === null) return null
    const html = showHtml(context, kept, { project: release.project, ref: release.tag })
    const counted = (shown: string) => {
      if (shown.length > kept.length) answerSize(context).take(shown.length - kept.length, place)
      return shown
    }
    return typeof html === 'string' ? counted(html) : html.then(counted)
  }
  const html = keptHtmlOf(context, release, place)
  return html instanceof Promise ? html.then(show) : show(html)
}
