import { expect, test } from 'vitest'
import { get, put } from '../http/packages/package-client.ts'
import { useApp } from '../support/app.ts'
import { useFailingStore } from '../support/failing-store.ts'
import { createWorld } from '../support/world.ts'

const app = useApp()
const store = useFailingStore(app)

test('a store that is silent is given up', async () => {
  const [server, world] = [await store.server(), await createWorld(app)]
  expect((await put(server, world, 'content')).status).toBe(201)
  store.failBy(() => undefined)
  const started = performance.now()
  const response = await get(server, world)
  expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
    503,
    '60',
    { message: 'The server cannot read its files now: try again later' },
  ])
  expect(performance.now() - started).toBeLessThan(30_000)
})
