// The addresses of what is in a repository. Slashes of a ref are encoded where a path follows.
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { encodedPath, segment } from '../../../modules/releases/release-urls.ts'
import { RestError } from '../../rest/kit/rest-errors.ts'
import { shaOf } from '../../rest/repository/repository-reads.ts'
import type { AskedOfProject } from '../kit/pages.ts'
import { segmentsBehind } from '../kit/web-request.ts'

type Area = 'tree' | 'blob' | 'commits' | 'tags' | 'commit' | 'branches'

export const areaUrl = (context: Context, project: Project, area: Area, ref = '', path = ''): string =>
  `${projectUrl(context, project)}/-/${area}${ref === '' ? '' : `/${segment(ref)}`}${path === '' ? '' : `/${encodedPath(path)}`}`

/** What REST does not find is not found here either. */
export const orNull = (error: unknown): null => {
  if (error instanceof RestError && error.status === 404) return null
  throw error
}

/** A ref has at most so many segments, because each beginning of the address may be the ref. */
const MAX_SEGMENTS = 20

type RefAndPath = { ref: string; sha: string; path: string }

/**
 * Splits the address into a ref and a path. The slashes of the ref need not be encoded: the longest beginning that names a commit is
 * the ref. Without a ref it is the default branch. Starts no git for each beginning.
 */
export async function refAndPathIn({ c, context, project }: AskedOfProject, area: Area): Promise<RefAndPath | null> {
  const segments = segmentsBehind(c, area)
  for (let end = Math.min(segments.length, MAX_SEGMENTS); end > 0; end--) {
    const ref = segments.slice(0, end).join('/')
    const sha = await shaOf(context, project, ref)
    if (sha !== null) return { ref, sha, path: segments.slice(end).join('/') }
  }
  const sha = segments.length === 0 ? await shaOf(context, project, 'HEAD') : null
  return sha === null ? null : { ref: 'HEAD', sha, path: '' }
}
