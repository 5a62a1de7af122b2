import { expect, test } from 'vitest'
import { graphql } from '../generated/gql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld } from '../support/world.ts'

const app = useApp()

const TagsInGroup = graphql(`
  query tagsInGroup($group: ID!) {
    group(fullPath: $group) {
      newest: releases(first: 10) { nodes { tagName } }
      oldest: releases(first: 10, sort: RELEASED_AT_ASC) { nodes { tagName } }
    }
  }
`)

type GroupWorld = Awaited<ReturnType<typeof createGroupWorld>>

/** A public group with a private and a public project. The members of the private project belong to the group as well. */
async function createGroupWorld() {
  const world = await createWorld(app, { project: { visibility: 'private' }, tag: 'v1.0.0' })
  const open = await create.createProject({ groupId: world.group.id })
  await create.createRelease(open, { tag: 'v2.0.0', releasedAt: new Date('2026-01-02') })
  for (const name of ['guest', 'developer'] as const)
    await create.addMember({ group: world.group }, world.users[name], name)
  const administrator = await create.tokenFor(await create.createUser({ admin: true }))
  return { ...world, tokens: { ...world.tokens, administrator } }
}

const ask = ({ group, tokens }: GroupWorld, viewer: keyof GroupWorld['tokens']) =>
  query(app, TagsInGroup, { group: group.fullPath }, { token: tokens[viewer] })

test('each viewer gets the releases of a group that this viewer may see, also when several viewers ask at the same moment', async () => {
  const world = await createGroupWorld()
  const seen = {
    anonymous: [],
    stranger: [],
    // A member of a project in the group, not of the group.
    reporter: [],
    guest: [null, 'v2.0.0'],
    developer: ['v1.0.0', 'v2.0.0'],
    administrator: ['v1.0.0', 'v2.0.0'],
  }
  const tagsSeenBy = async (viewer: keyof typeof seen) => {
    const { data, errors } = await ask(world, viewer)
    expect(errors).toBeUndefined()
    const [newest, oldest] = [data.group?.newest, data.group?.oldest].map((page) =>
      page?.nodes?.map((release) => release?.tagName ?? null),
    )
    expect(oldest).toEqual(newest?.toReversed())
    return newest?.toSorted()
  }
  const viewers = Object.keys(seen) as (keyof typeof seen)[]
  const answers = await Promise.all([...viewers, ...viewers].map(async (viewer) => [viewer, await tagsSeenBy(viewer)]))
  for (const [viewer, tags] of answers)
    expect([viewer, tags]).toEqual([viewer, seen[viewer as keyof typeof seen].toSorted()])
})

test('the server reads nothing for a viewer who is no member, because a slower answer would reveal that there are releases', async () => {
  const world = await createGroupWorld()
  const readers = ['guest', 'developer', 'administrator'] as const
  for (const viewer of ['anonymous', 'stranger', 'reporter', ...readers] as const) {
    const steps = await app.stepsOf(() => ask(world, viewer))
    const reads = steps.some((step) => step['Relation Name'] === 'group_releases')
    expect([viewer, reads]).toEqual([viewer, readers.includes(viewer as (typeof readers)[number])])
  }
})
