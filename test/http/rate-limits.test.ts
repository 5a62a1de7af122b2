import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'
import { limitedServer } from './limited-server.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

/** What an answer says of the limit, and how long until all is there again. */
const standing = ({ status, headers }: Response) => ({
  status,
  limit: Number(headers.get('ratelimit-limit')),
  remaining: Number(headers.get('ratelimit-remaining')),
  seconds: Number(headers.get('ratelimit-reset')) - Date.now() / 1000,
})

const doors = {
  REST: () => `/api/v4/projects/${world.project.id}/releases`,
  'a page': () => `/${world.project.fullPath}/-/releases`,
  git: () => `/${world.project.fullPath}.git/info/refs?service=git-upload-pack`,
}
const names = Object.keys(doors) as (keyof typeof doors)[]

describe('an account that has spent its points is told when to come again', () => {
  test.for(names)('by %s', async (name) => {
    const { url } = await limitedServer(app, { account: 250 })
    const token = world.tokens.developer ?? ''
    const ask = () => fetch(url + doors[name](), { headers: { authorization: `Bearer ${token}` } })
    const cost = name === 'git' ? 100 : 10
    let left = 250
    while (left > 0) {
      left = Math.max(left - cost, 0)
      const answer = await ask()
      await answer.arrayBuffer()
      expect(standing(answer)).toMatchObject({ status: 200, limit: 250, remaining: left })
      expect(standing(answer).seconds).toBeGreaterThan(0)
      expect(standing(answer).seconds).toBeLessThan(61)
    }
    const refused = await ask()
    expect(standing(refused)).toMatchObject({ status: 429, limit: 250, remaining: 0 })
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    const text = await refused.text()
    const message = `Too many requests: try again in ${seconds} s`
    expect(name === 'git' ? text : JSON.parse(text)).toEqual(name === 'git' ? `${message}\n` : { message })
  })
})
