import { beforeAll, expect, test } from 'vitest'
import type { Project } from '../../../src/generated/prisma/client.ts'
import { createFindingWorld, type FindingWorld } from '../../graphql/finding/finding-world.ts'
import { useApp } from '../../support/app.ts'
import { rest } from './client.ts'

const app = useApp({ rateLimits: null })
let world: FindingWorld
beforeAll(async () => {
  world = await createFindingWorld()
})

test.each(['repository_size', 'storage_size', 'packages_size', 'wiki_size', 'star_count'])(
  'what is not counted gives the default order, to administrators too: %s',
  async (order) => {
    const lists = ['/projects', `/groups/${world.groups[1]?.id}/projects`, `/users/${world.users.owner.id}/projects`]
    for (const token of [null, world.tokens.owner, world.tokens.admin]) {
      for (const query of lists.flatMap((list) => [`${list}?per_page=50`, `${list}?per_page=50&sort=asc`])) {
        const [given, byDefault] = [
          await rest(app, 'GET', `${query}&order_by=${order}`, { token }),
          await rest(app, 'GET', query, { token }),
        ]
        expect(given.status, query).toBe(200)
        expect(given.body.map(({ id }: Project) => id)).toEqual(byDefault.body.map(({ id }: Project) => id))
      }
    }
  },
)
