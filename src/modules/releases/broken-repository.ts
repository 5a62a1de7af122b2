import type { Context } from '../../context/context.ts'
import { unavailable } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { GitError } from '../../git/git.ts'

/** As long as an operator needs at least: to make room on a disk, or to mount it again. */
const RETRY_AFTER_SECONDS = 60

/**
 * For `catch`: who writes learns what could not be done, the operator finds in the log why git failed. It is no fault of the request:
 * sent again once the repository is mended, it is made.
 */
export const onBrokenRepository =
  (context: Context, project: Project, failure: string) =>
  (error: unknown): never => {
    if (!(error instanceof GitError)) throw error
    context.log.error({ err: error, projectId: project.id }, 'a repository is missing or broken')
    throw unavailable(`${failure}: the repository cannot be read or written now`, RETRY_AFTER_SECONDS)
  }
