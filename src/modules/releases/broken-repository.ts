import type { Context } from '../../context.ts'
import { RuleViolation } from '../../errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { GitError } from '../git/git.ts'

/** For `catch`: who writes learns what could not be done, the operator finds in the log why git failed. */
export const onBrokenRepository =
  (context: Context, project: Project, failure: string) =>
  (error: unknown): never => {
    if (!(error instanceof GitError)) throw error
    context.log.error({ err: error, projectId: project.id }, 'a repository is missing or broken')
    throw new RuleViolation('INVALID', `${failure}: the repository is missing or broken`)
  }
