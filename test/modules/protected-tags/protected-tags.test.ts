import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createGroup, createProject, createUser, tokenFor } from '../../support/factories.ts'
import { createWorld, viewers } from '../../support/world.ts'

const app = useApp()

const protect = (projectId: number, name: string, levels: object[] = [{ accessLevel: 40 }]) =>
  db.protectedTag.create({ data: { projectId, name, accessLevels: { create: levels } } })

type Level = {
  accessLevel: number | null
  accessLevelDescription: string | null
  user: { username: string } | null
  group: { fullPath: string } | null
  deployKeyId: number | null
}
type Tags = {
  count: number
  edges: { cursor: string }[]
  pageInfo: { hasNextPage: boolean }
  nodes: { id: string; name: string; createAccessLevels: Level[] }[]
}
type Answer = { project: { protectedTags: Tags } }

const PROTECTED_TAGS = /* GraphQL */ `
  query protectedTags($fullPath: ID!, $first: Int, $after: String) {
    project(fullPath: $fullPath) {
      protectedTags(first: $first, after: $after) {
        count
        edges { cursor }
        pageInfo { hasNextPage }
        nodes {
          id
          name
          createdAt
          createAccessLevels {
            id
            accessLevel
            accessLevelDescription
            user { username }
            group { fullPath }
            deployKeyId
          }
        }
      }
    }
  }
`

test('maintainers and owners see the protected tags of a project, and everybody else sees an empty connection', async () => {
  const { project, tokens } = await createWorld(app)
  await protect(project.id, 'v*')
  const seen: Record<string, [number, string[]]> = {}
  for (const name of viewers) {
    const { data } = await query<Answer, object>(
      app,
      PROTECTED_TAGS,
      { fullPath: project.fullPath },
      { token: tokens[name] },
    )
    const { count, nodes } = data.project.protectedTags
    seen[name] = [count, nodes.map((node) => node.name)]
  }
  const [nothing, all] = [
    [0, []],
    [1, ['v*']],
  ]
  expect(seen).toEqual({
    anonymous: nothing,
    stranger: nothing,
    guest: nothing,
    planner: nothing,
    reporter: nothing,
    developer: nothing,
    maintainer: all,
    owner: all,
  })
})

test('protected tags come by name, page by page, and cursors do not hold the name', async () => {
  const { project, tokens } = await createWorld(app)
  for (const name of ['v*', 'B', 'a*']) await protect(project.id, name)
  const variables = { fullPath: project.fullPath, first: 2 }
  const first = await query<Answer, object>(app, PROTECTED_TAGS, variables, { token: tokens.owner })
  const page = first.data.project.protectedTags
  expect([page.nodes.map(({ name }) => name), page.pageInfo.hasNextPage, page.count]).toEqual([['B', 'a*'], true, 3])
  const after = page.edges[1]?.cursor ?? ''
  expect(Buffer.from(after, 'base64url').toString()).not.toContain('a*')
  const second = await query<Answer, object>(app, PROTECTED_TAGS, { ...variables, after }, { token: tokens.owner })
  expect(second.data.project.protectedTags.nodes.map(({ name }) => name)).toEqual(['v*'])
})

test('each access level names whom it admits', async () => {
  const { project, tokens, users } = await createWorld(app)
  const open = await createGroup()
  const hidden = await createGroup({ visibility: 'private' })
  const tag = await protect(project.id, 'v*', [
    { accessLevel: 0 },
    { accessLevel: 30 },
    { accessLevel: 40 },
    { userId: users.developer.id },
    { groupId: open.id },
    { groupId: hidden.id },
    { deployKeyId: 5 },
  ])
  const { data, errors } = await query<Answer, object>(
    app,
    PROTECTED_TAGS,
    { fullPath: project.fullPath },
    { token: tokens.owner },
  )
  expect(errors).toBeUndefined()
  const [node] = data.project.protectedTags.nodes
  expect(node?.id).toBe(`gid://gitlab/ProtectedTag/${tag.id}`)
  const none = { accessLevel: null, user: null, group: null, deployKeyId: null }
  const id = expect.stringMatching(/^gid:\/\/gitlab\/ProtectedTag::CreateAccessLevel\/\d+$/)
  const { name, username } = users.developer
  expect(node?.createAccessLevels).toEqual([
    { ...none, id, accessLevel: 0, accessLevelDescription: 'No one' },
    { ...none, id, accessLevel: 30, accessLevelDescription: 'Developers + Maintainers' },
    { ...none, id, accessLevel: 40, accessLevelDescription: 'Maintainers' },
    { ...none, id, accessLevelDescription: name, user: { username } },
    { ...none, id, accessLevelDescription: open.name, group: { fullPath: open.fullPath } },
    { ...none, id, accessLevelDescription: null },
    { ...none, id, accessLevelDescription: 'Deploy key 5', deployKeyId: 5 },
  ])
})

test('the protected tags of many projects are read in one statement', async () => {
  const token = await tokenFor(await createUser({ admin: true }))
  const projects = [await createProject(), await createProject()]
  for (const { id } of projects) for (const name of ['a', 'b']) await protect(id, name)
  const fields = projects.map(
    ({ fullPath }, at) => `p${at}: project(fullPath: "${fullPath}") {
    protectedTags(first: 5) { count nodes { name createAccessLevels { accessLevel } } }
  }`,
  )
  const statements = await app.statementsOf(async () => {
    const { errors } = await query(app, `{ ${fields.join(' ')} }`, {}, { token })
    expect(errors).toBeUndefined()
  })
  expect(statements.filter((sql) => sql.includes('protected_tag'))).toHaveLength(1)
})
