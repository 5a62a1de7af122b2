import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { isFrozen } from './freeze-loaders.ts'

/** Refuses a release during a deploy freeze, in a project whose settings say so. By default they do not. */
export async function assertNotFrozen(context: Context, project: Project): Promise<void> {
  if (project.freezeRefusesReleases && (await isFrozen(context, project))) {
    throw new RuleViolation('FORBIDDEN', 'Releases are not created during a deploy freeze of this project')
  }
}
