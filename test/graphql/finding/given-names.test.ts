// Names of GitLab's schema that its clients ask for, so that their queries are taken.
import { beforeAll, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'

const app = useApp({ rateLimits: null })
let world: World
beforeAll(async () => {
  world = await createWorld(app)
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
})

const send = (viewer: ViewerName, document: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all kinds
  query<any, object>(app, document, {}, { token: world.tokens[viewer] })

async function ask(viewer: ViewerName, document: string) {
  const { data, errors } = await send(viewer, document)
  expect(errors).toBeUndefined()
  return data
}

test('a membership has an ID of its own, and nobody who gave it or when it changed, because neither is recorded', async () => {
  const fields = '{ nodes { id createdAt updatedAt createdBy { username } ... on MemberInterface { id } } }'
  const data = await ask('owner', `{ currentUser { projectMemberships ${fields} groupMemberships ${fields} } }`)
  const { id } = world.users.owner
  const told = { createdAt: expect.any(String), updatedAt: null, createdBy: null }
  expect(data).toEqual({
    currentUser: {
      projectMemberships: { nodes: [{ id: `gid://gitlab/ProjectMember/${id}-${world.project.id}`, ...told }] },
      groupMemberships: { nodes: [{ id: `gid://gitlab/GroupMember/${id}-${world.group.id}`, ...told }] },
    },
  })
})

test('each feature flag of GitLab that a client asks for is off', async () => {
  const flags = (names: string[]) => `{ metadata { featureFlags(names: ${JSON.stringify(names)}) { name enabled } } }`
  const off = ['work_items', 'glql'].map((name) => ({ name, enabled: false }))
  expect(await ask('guest', flags(['work_items', 'glql']))).toEqual({ metadata: { featureFlags: off } })
  expect(await ask('anonymous', flags(['glql']))).toEqual({ metadata: null })
  expect((await send('guest', flags(Array(101).fill('x')))).errors?.[0]?.message).toContain('at most 100 values')
  expect((await send('guest', flags(['x'.repeat(256)]))).errors?.[0]?.message).toContain('names')
})

test('a project tells what the viewer may do with it by the names of GitLab', async () => {
  const permissions = async (viewer: ViewerName) => {
    const document = `{ project(fullPath: "${world.project.fullPath}") { userPermissions {
      changeVisibilityLevel removeProject archiveProject readMergeRequest } } }`
    return Object.values((await ask(viewer, document)).project.userPermissions)
  }
  expect(await permissions('owner')).toEqual([true, true, true, true])
  expect(await permissions('maintainer')).toEqual([false, false, true, true])
  expect(await permissions('guest')).toEqual([false, false, false, true])
})
