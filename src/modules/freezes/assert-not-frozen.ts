import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { isFrozen } from './freeze-loaders.ts'

/** A project may refuse releases during its deploy freezes; by default it does not. */
export async function assertNotFrozen(context: Context, project: Project): Promise<void> {
  if (project.freezeRefusesReleases && (await isFrozen(context, project))) {
    throw new RuleViolation('FORBIDDEN', 'Releases are not created during a deploy freeze of this project')
  }
}
