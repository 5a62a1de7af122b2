import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { toGlobalId } from '../foundation/global-id.ts'
import { ask } from './graphql.ts'
import { NumericId } from './numeric-id.ts'
import { mutate, mutation } from './send-mutation.ts'
import type { Namespace, Server } from './server-connection.ts'

const Milestone = z.object({
  id: NumericId,
  iid: z.coerce.number(),
  title: z.string(),
  state: z.string(),
  startDate: z.string().nullable(),
  dueDate: z.string().nullable(),
})

export type Milestone = z.output<typeof Milestone>

const MILESTONE = 'milestone { id iid title state startDate dueDate }'

const milestoneCreate = mutation('milestoneCreate', MILESTONE, Milestone)
const milestoneUpdate = mutation('milestoneUpdate', MILESTONE, Milestone)
const milestoneDelete = mutation('milestoneDelete', MILESTONE, Milestone)

const byTitle = (namespace: 'project' | 'group') => ({
  document: `query milestone($path: ID!, $title: String!) {
    namespace: ${namespace}(fullPath: $path) { milestones(title: $title, first: 1) { nodes { id } } }
  }`,
  data: z.object({
    namespace: z.object({ milestones: z.object({ nodes: z.array(z.object({ id: NumericId })) }) }).nullable(),
  }),
})

/** Finds a milestone by its title, because people know the title, which is unique in a project or group. */
async function getId(server: Server, { projectPath, groupPath }: Namespace, title: string): Promise<number> {
  const operation = byTitle(projectPath === undefined ? 'group' : 'project')
  const { namespace } = await ask(server, operation, { path: projectPath ?? groupPath, title })
  const found = namespace?.milestones.nodes[0]
  if (!found) throw invalid(`There is no milestone '${title}'`)
  return found.id
}

export const createMilestone = (server: Server, where: Namespace, values: object): Promise<Milestone> =>
  mutate(server, milestoneCreate, { ...where, ...values })

export async function updateMilestone(
  server: Server,
  where: Namespace,
  title: string,
  changes: object,
): Promise<Milestone> {
  const id = toGlobalId('Milestone', await getId(server, where, title))
  return mutate(server, milestoneUpdate, { id, ...changes })
}

export async function deleteMilestone(server: Server, where: Namespace, title: string): Promise<Milestone> {
  return mutate(server, milestoneDelete, { id: toGlobalId('Milestone', await getId(server, where, title)) })
}
