import { beforeAll, describe, expect, test } from 'vitest'
import type { Group } from '../../../src/generated/prisma/client.ts'
import { createFindingWorld, type FindingWorld, type ViewerName, viewers } from '../../graphql/finding/finding-world.ts'
import { useApp } from '../../support/app.ts'
import { rest } from './client.ts'

const app = useApp({ rateLimits: null })
let world: FindingWorld
beforeAll(async () => {
  world = await createFindingWorld()
})

async function idsAt(viewer: ViewerName, path: string): Promise<number[]> {
  const { status, body, headers } = await rest(app, 'GET', path, { token: world.tokens[viewer] })
  expect(status, path).toBe(200)
  expect(headers.get('x-total'), path).toBe(String(body.length))
  return body.map(({ id }: Group) => id)
}

const byName = (groups: Group[]) =>
  groups.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)).map(({ id }) => id)

/** The viewer has a role in the group, or in a group above it. */
const isMember = (viewer: ViewerName, group: Group) =>
  world.readsGroup(viewer, { ...group, visibility: 'private' }) && viewer !== 'admin'

describe.each(viewers)('%s', (viewer) => {
  /** The groups of a list without parameters, among these. */
  const listed = (groups: Group[]) =>
    groups.filter((group) =>
      viewer === 'anonymous' || viewer === 'admin' ? world.readsGroup(viewer, group) : isMember(viewer, group),
    )

  test('lists the own groups; to an administrator all, and without a credential the public ones', async () => {
    expect(await idsAt(viewer, '/groups')).toEqual(byName(listed(world.groups)))
    const top = world.groups.filter(({ parentId }) => parentId === null)
    expect(await idsAt(viewer, '/groups?top_level_only=true')).toEqual(byName(listed(top)))
    const least = viewer === 'anonymous' ? listed(world.groups) : world.groups.filter((each) => isMember(viewer, each))
    expect(await idsAt(viewer, '/groups?all_available=false')).toEqual(byName(least))
    expect(await idsAt(viewer, '/groups?owned=true&all_available=true')).toEqual(
      viewer === 'owner' ? byName(least) : [],
    )
  })

  test('lists the same groups in each order', async () => {
    for (const order of ['name', 'path', 'id', 'similarity']) {
      const ids = await idsAt(viewer, `/groups?search=canary&order_by=${order}`)
      expect(ids.toSorted(), order).toEqual(byName(listed(world.groups)).toSorted())
    }
  })

  test('lists the same below a group as in the list of all groups', async () => {
    for (const group of world.groups.filter((each) => world.readsGroup(viewer, each))) {
      const below = world.groups.filter(({ parentId }) => parentId === group.id)
      for (const list of ['subgroups', 'descendant_groups']) {
        const path = `/groups/${group.id}/${list}`
        expect(await idsAt(viewer, path)).toEqual(byName(listed(below)))
        expect(await idsAt(viewer, `${path}?search=canary&order_by=similarity`)).toEqual(byName(listed(below)))
      }
    }
  })
})
