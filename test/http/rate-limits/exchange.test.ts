import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { type TestApp, useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { limitedServer } from '../limited-server.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const IN_TIME = { timeout: 5000, interval: 100 }

async function ask({ url }: TestApp, token: string | null): Promise<{ status: number; remaining: number }> {
  const { status, headers } = await fetch(`${url}/api/v4/projects/${world.project.id}/releases`, {
    headers: { 'private-token': token ?? '' },
  })
  return { status, remaining: Number(headers.get('ratelimit-remaining')) }
}

test('the points that an account spends with one server are missing with another a moment later, and with a third that starts', async () => {
  const options = { shares: true, account: 100 }
  const [first, second] = [await limitedServer(app, options), await limitedServer(app, options)]
  const token = world.tokens.developer
  for (let n = 0; n < 6; n++) await ask(first, token)
  expect(await ask(second, token)).toEqual({ status: 200, remaining: 90 })
  await expect.poll(async () => (await db.rateLimit.findFirst())?.points, IN_TIME).toBe(70n)
  // Each server learns the points when it reports its own.
  await expect.poll(() => ask(second, token), IN_TIME).toMatchObject({ status: 429 })
  await expect.poll(() => ask(first, token), IN_TIME).toMatchObject({ status: 429 })
  const third = await limitedServer(app, options)
  await expect.poll(() => ask(third, token), IN_TIME).toMatchObject({ status: 429 })
  expect(await ask(first, world.tokens.reporter)).toMatchObject({ status: 200 })
})

test('the callers of long ago are removed, and nothing is sent when nothing was spent', async () => {
  await db.rateLimit.createMany({
    data: [
      { caller: 'address old', points: 5, endsAt: new Date(Date.now() - 120_000) },
      { caller: 'address just over', points: 5, endsAt: new Date(Date.now() - 1000) },
    ],
  })
  const idle = await limitedServer(app, { shares: true })
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const old = () => db.rateLimit.findMany({ where: { caller: { startsWith: 'address ' } }, select: { caller: true } })
  expect(await old()).toHaveLength(2)
  await ask(idle, world.tokens.planner)
  await expect.poll(old, IN_TIME).toEqual([{ caller: 'address just over' }])
})

test('each server counts alone while the database of the others is away, and requests are answered', async () => {
  const away = new URL(app.databaseUrl)
  away.port = '1'
  const alone = await limitedServer(app, { shares: true, sharesBy: away.href, account: 30 })
  const token = world.tokens.maintainer
  expect(await ask(alone, token)).toEqual({ status: 200, remaining: 20 })
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(await ask(alone, token)).toEqual({ status: 200, remaining: 10 })
  expect(await ask(alone, token)).toEqual({ status: 200, remaining: 0 })
  expect(await ask(alone, token)).toMatchObject({ status: 429 })
})
