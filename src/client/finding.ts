// Lists of what the credential may read.
import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { PAGE_INFO, pageOf, type RowsUpTo, readUpTo } from './all-rows.ts'
import { ask } from './graphql.ts'
import { MEMBER_FIELDS, type Member, MemberRow } from './members.ts'
import { type Group, GroupRow, NAMESPACE_FIELDS, type Project, ProjectRow } from './namespaces.ts'
import { NumericId } from './numeric-id.ts'
import type { Namespace, Server } from './server-connection.ts'

const User = z.object({ id: NumericId, username: z.string(), name: z.string(), state: z.string() })
export type User = z.output<typeof User>

const counted = <Row extends z.ZodType>(row: Row) => pageOf(row).extend({ count: z.number() })

const page = (field: string, fields: string) => `${field} { count nodes { ${fields} } ${PAGE_INFO} }`

const projects = {
  document: `query projects($search: String, $membership: Boolean, $first: Int, $after: String) {
    ${page('projects(search: $search, membership: $membership, sort: "name_asc", first: $first, after: $after)', `${NAMESPACE_FIELDS} archived`)} }`,
  data: z.object({ projects: counted(ProjectRow) }),
}

const groups = {
  document: `query groups($search: String, $all: Boolean, $first: Int, $after: String) {
    ${page('groups(search: $search, allAvailable: $all, first: $first, after: $after)', NAMESPACE_FIELDS)} }`,
  data: z.object({ groups: counted(GroupRow) }),
}

const users = {
  document: `query users($search: String, $first: Int, $after: String) {
    ${page('users(search: $search, first: $first, after: $after)', 'id username name state')} }`,
  data: z.object({ users: counted(User) }),
}

const members = (of: 'project' | 'group') => ({
  document: `query members($path: ID!, $first: Int, $after: String) {
    found: ${of}(fullPath: $path) { ${page('members(first: $first, after: $after)', MEMBER_FIELDS)} } }`,
  data: z.object({ found: z.object({ members: counted(MemberRow) }).nullable() }),
})

type Search = { search?: string | undefined; mine?: true | undefined; limit: number }

export const listProjects = (server: Server, { search, mine, limit }: Search): Promise<RowsUpTo<Project>> =>
  readUpTo(limit, async (at) => (await ask(server, projects, { search, membership: mine, ...at })).projects)

export const listGroups = (server: Server, { search, mine, limit }: Search): Promise<RowsUpTo<Group>> =>
  readUpTo(limit, async (at) => (await ask(server, groups, { search, all: !mine, ...at })).groups)

export const listUsers = (server: Server, { search, limit }: Search): Promise<RowsUpTo<User>> =>
  readUpTo(limit, async (at) => (await ask(server, users, { search, ...at })).users)

export function listMembers(
  server: Server,
  { projectPath, groupPath }: Namespace,
  limit: number,
): Promise<RowsUpTo<Member>> {
  const path = projectPath ?? groupPath
  return readUpTo(limit, async (at) => {
    const { found } = await ask(server, members(projectPath ? 'project' : 'group'), { path, ...at })
    if (!found)
      throw invalid(`There is no ${projectPath ? 'project' : 'group'} '${path}', or the credential may not read it`)
    return found.members
  })
}
