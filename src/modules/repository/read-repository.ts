import { callerOf } from '../../access/caller.ts'
import type { Context } from '../../context/context.ts'
import { AppError, RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { findDefaultBranch } from '../../git/branches.ts'
import { GitError } from '../../git/git.ts'

/** For `catch`: logs a repository that is missing or broken. It is then told as not found, as GitLab does it. */
export const notFoundIfBroken =
  (context: Context, project: Project) =>
  (error: unknown): never => {
    if (!(error instanceof GitError)) throw error
    context.log.error({ err: error, projectId: project.id }, 'a repository is missing or broken')
    throw new RuleViolation('NOT_FOUND', '404 Repository Not Found')
  }

/** Reads the repository in the viewer's turn. */
export function readRepository<Found>(
  context: Context,
  project: Project,
  read: (repository: string) => Promise<Found>,
): Promise<Found> {
  const { repositories } = context
  const inTurn = repositories.inTurn(callerOf(context), () => read(repositories.directory(project.id)))
  return inTurn.catch(notFoundIfBroken(context, project))
}

const MAX_READ_SECONDS = 10

/** Stops git after some time, because a history may be of any length. `what` is the beginning of the error's sentence. */
export function inTime<Found>(what: string, read: (signal: AbortSignal) => Promise<Found>): Promise<Found> {
  return read(AbortSignal.timeout(MAX_READ_SECONDS * 1000)).catch((error) => {
    if (error?.name !== 'TimeoutError') throw error
    throw new AppError(
      'TOO_LARGE',
      `${what} takes git more than ${MAX_READ_SECONDS} seconds: ask for less, or fetch them`,
    )
  })
}

/** The commit of a branch, a tag or a commit; of the default branch for '' and `HEAD`. Null without one. */
export async function shaOf(context: Context, project: Project, ref: string): Promise<string | null> {
  const { repositories } = context
  const resolve = (name: string) =>
    repositories.resolveCommit(project.id, name).catch(notFoundIfBroken(context, project))
  if (ref !== '' && ref !== 'HEAD') return resolve(ref)
  const branch = await readRepository(context, project, findDefaultBranch)
  return branch === null ? null : resolve(`refs/heads/${branch}`)
}
