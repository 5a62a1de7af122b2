import type { Context } from '../../context/context.ts'
import { type Environment, Prisma, type Project } from '../../generated/prisma/client.ts'
import { byId } from '../../rows/keyset.ts'
import { listOf } from '../../rows/list.ts'
import { table } from '../../rows/table.ts'

/** An environment with its project, which decides who may see its freezes. */
export type EnvironmentNode = Environment & { project: Project }

const environments = table<Environment>('environments', 'e', {
  fields: Prisma.EnvironmentScalarFieldEnum,
  dates: { createdAt: true },
})

const inOrderOfIds = byId<Environment>('ENVIRONMENTS', 'asc', Prisma.sql`e.id`)
const environmentByName = environments.by('projectId', 'name')

export const environmentsOfProject = listOf({
  children: environments.childrenOf({ column: 'e.project_id' }),
  select: () => ({ order: inOrderOfIds }),
  extra: (project: Project) => ({ project }),
}).connection.resolve

export async function findEnvironment(
  context: Context,
  project: Project,
  name: string,
): Promise<EnvironmentNode | null> {
  const environment = await environmentByName(context).load({ projectId: project.id, name })
  return environment && { ...environment, project }
}
