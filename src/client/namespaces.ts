import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { ask } from './graphql.ts'
import { NumericId } from './numeric-id.ts'
import { mutate, mutation } from './send-mutation.ts'
import type { Server } from './server-connection.ts'

export const NAMESPACE_FIELDS = 'id fullPath name description visibility'

export const GroupRow = z.object({
  id: NumericId,
  fullPath: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  visibility: z.string(),
})
export const ProjectRow = GroupRow.extend({ archived: z.boolean() })

export type Group = z.output<typeof GroupRow>
export type Project = z.output<typeof ProjectRow>

const GROUP = `group { ${NAMESPACE_FIELDS} }`
const PROJECT = `project { ${NAMESPACE_FIELDS} archived }`

const groupCreate = mutation('groupCreate', GROUP, GroupRow)
const groupUpdate = mutation('groupUpdate', GROUP, GroupRow)
const groupTransfer = mutation('groupTransfer', GROUP, GroupRow)
const projectCreate = mutation('projectCreate', PROJECT, ProjectRow)
const projectUpdate = mutation('projectUpdate', PROJECT, ProjectRow)
const projectTransfer = mutation('projectTransfer', PROJECT, ProjectRow)

const groupByPath = {
  document: 'query group($path: ID!) { group(fullPath: $path) { id } }',
  data: z.object({ group: z.object({ id: z.string() }).nullable() }),
}

export type NamespaceValues = {
  name?: string | undefined
  description?: string | undefined
  visibility?: string | undefined
}

/** Splits `a/b/c` into the group `a/b` above and its own path `c`. `above` is null for a top-level path. */
function splitPath(fullPath: string): { above: string | null; path: string } {
  const at = fullPath.lastIndexOf('/')
  return { above: at < 0 ? null : fullPath.slice(0, at), path: fullPath.slice(at + 1) }
}

/** Splits the path of a project, which is always in a group. */
function splitProjectPath(fullPath: string): { above: string; path: string } {
  const { above, path } = splitPath(fullPath)
  if (above === null) throw invalid(`The project path '${fullPath}' is wrong: the group before it is missing`)
  return { above, path }
}

async function ensureGroups(server: Server, fullPath: string | null, visibility: string | undefined): Promise<void> {
  if (fullPath === null || (await ask(server, groupByPath, { path: fullPath })).group) return
  await createGroup(server, fullPath, { visibility })
}

export async function createGroup(server: Server, fullPath: string, values: NamespaceValues): Promise<Group> {
  const { above, path } = splitPath(fullPath)
  await ensureGroups(server, above, values.visibility)
  return mutate(server, groupCreate, { parentPath: above, path, ...values })
}

export type GroupChanges = NamespaceValues & { path?: string | undefined }

export const updateGroup = (server: Server, groupPath: string, changes: GroupChanges): Promise<Group> =>
  mutate(server, groupUpdate, { groupPath, ...changes })

/** Without a parent the group moves to the top. */
export const transferGroup = (server: Server, groupPath: string, parentPath: string | undefined): Promise<Group> =>
  mutate(server, groupTransfer, { groupPath, parentPath })

export async function createProject(server: Server, fullPath: string, values: NamespaceValues): Promise<Project> {
  const { above, path } = splitProjectPath(fullPath)
  await ensureGroups(server, above, values.visibility)
  return mutate(server, projectCreate, { groupPath: above, path, ...values })
}

export const updateProject = (server: Server, projectPath: string, changes: object): Promise<Project> =>
  mutate(server, projectUpdate, { projectPath, ...changes })

export const transferProject = (server: Server, projectPath: string, groupPath: string): Promise<Project> =>
  mutate(server, projectTransfer, { projectPath, groupPath })
