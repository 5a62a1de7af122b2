import type { Context } from '../../context/context.ts'
import { unavailable } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { GitError } from '../../git/git.ts'

/** An operator needs at least so long to make room on a disk, or to mount it again. */
const RETRY_AFTER_SECONDS = 60

/**
 * A handler for `catch`. The client learns what could not be done, and the operator finds in the log why git failed. The request
 * is not at fault, so the client may send it again when the repository is repaired.
 */
export const onBrokenRepository =
  (context: Context, project: Project, failure: string) =>
  (error: unknown): never => {
    if (!(error instanceof GitError)) throw error
    context.log.error({ err: error, projectId: project.id }, 'a repository is missing or broken')
    throw unavailable(`${failure}: the repository cannot be read or written now`, RETRY_AFTER_SECONDS)
  }
