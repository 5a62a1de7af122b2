import { type Ability, can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { AppError, unauthenticated } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { findProjectByIdOrPath } from '../projects/find-project.ts'

/**
 * A hidden project and a missing project answer alike. In a project that the viewer may read, the answer says that something is
 * forbidden (docs/contract/rest.md#order-of-checks).
 */
export async function getArtifactProject(context: Context, ability: Ability, idOrPath: string): Promise<Project> {
  const project = await findProjectByIdOrPath(context, idOrPath)
  if (!project) throw new AppError('NOT_FOUND', '404 Project Not Found')
  if (can(context.viewer, ability, project)) return project
  const { user, projectRoles } = context.viewer
  if (user === null && projectRoles.size === 0) throw unauthenticated('401 Unauthorized')
  throw new AppError('FORBIDDEN', '403 Forbidden')
}
