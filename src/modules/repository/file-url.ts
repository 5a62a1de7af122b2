import type { Context } from '../../context/context.ts'
import { projectUrl } from '../projects/project-url.ts'
import { encodedPath, segment } from '../releases/release-urls.ts'

type File = { ref: string; path: string }

/** The URL of the page of a file, or of its bytes (`raw`). */
export const fileUrl = (
  context: Pick<Context, 'baseUrl'>,
  project: { fullPath: string },
  area: 'blob' | 'raw',
  { ref, path }: File,
) => `${projectUrl(context, project)}/-/${area}/${segment(ref)}/${encodedPath(path)}`
