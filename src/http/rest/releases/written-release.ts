import { type Context, forgetLoaded } from '../../../context/context.ts'
import type { ReleaseNode } from '../../../modules/releases/release-loaders.ts'
import { notFound } from '../kit/rest-errors.ts'
import { releaseInFull } from './full-release-documents.ts'
import { toRelease } from './present-release.ts'
import { release } from './release-page-documents.ts'

type More = { include_html_description?: boolean | null | undefined; waybill?: boolean | null | undefined }

/** The answer of `waybill=true` is read with the HTML, which is shown only where it was asked for as well. */
export const shownTo = ({ include_html_description, waybill }: More) =>
  waybill && !include_html_description
    ? (shown: Parameters<typeof toRelease>[0]) => toRelease({ ...shown, description_html: null })
    : toRelease

/** The release as it is now, because what was loaded before the write is forgotten. */
export async function writtenRelease(context: Context, { projectId, tag }: ReleaseNode, { waybill }: More) {
  forgetLoaded(context)
  const { project } = await (waybill ? releaseInFull : release)(context, { project: projectId, tag })
  if (!project?.release) throw notFound()
  return shownTo({ waybill })(project.release)
}
