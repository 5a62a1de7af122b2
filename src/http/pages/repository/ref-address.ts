// The addresses of what is in a repository. Slashes of a ref are encoded where a path follows.
import type { Context } from '../../../context/context.ts'
import { AppError } from '../../../foundation/errors.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { encodedPath, segment } from '../../../modules/releases/release-urls.ts'

type Area = 'tree' | 'blob' | 'commits' | 'tags' | 'commit' | 'branches'

export const areaUrl = (context: Context, project: Project, area: Area, ref = '', path = ''): string =>
  `${projectUrl(context, project)}/-/${area}${ref === '' ? '' : `/${segment(ref)}`}${path === '' ? '' : `/${encodedPath(path)}`}`

/** For `catch`: a repository that is missing or broken is not found. */
export const orNull = (error: unknown): null => {
  if (error instanceof AppError && error.code === 'NOT_FOUND') return null
  throw error
}
