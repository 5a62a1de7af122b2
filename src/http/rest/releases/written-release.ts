import { type Context, forgetLoaded } from '../../../context/context.ts'
import type { ReleaseNode } from '../../../modules/releases/release-loaders.ts'
import { notFound } from '../kit/rest-errors.ts'
import { toRelease } from './present-release.ts'
import { type Additions, release } from './release-page-documents.ts'

/** The release as it is now, because what was loaded before the write is forgotten. */
export async function writtenRelease(context: Context, { projectId, tag }: ReleaseNode, { waybill }: Additions) {
  forgetLoaded(context)
  const { project } = await release({ waybill })(context, { project: projectId, tag })
  if (!project?.release) throw notFound()
  return toRelease(project.release)
}
