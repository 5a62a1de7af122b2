import { Client } from 'pg'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Release } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

const NOT_FOUND = 'NOT_FOUND'

/** The rules that a mutation broke, or the code of its error. */
async function send(token: string | null, name: string, input: Record<string, unknown>): Promise<unknown> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
  const { data, errors } = await query<Record<string, { errors: string[] } | null>, never>(
    app,
    document,
    { input },
    { token },
  )
  return errors?.[0]?.extensions?.code ?? data[name]?.errors
}

/** Locks the release until the returned function is called. */
async function hold({ id }: Release): Promise<() => Promise<void>> {
  const client = new Client(app.databaseUrl)
  await client.connect()
  let ended: Promise<void> | undefined
  const letGo = () => {
    ended ??= client.end()
    return ended
  }
  onTestFinished(letGo)
  await client.query('BEGIN')
  await client.query('SELECT FROM releases WHERE id = $1 FOR NO KEY UPDATE', [id])
  return letGo
}

const waiting = async () => {
  const [row] = await db.$queryRaw<[{ n: number }]>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return row.n
}

/** The result of a second write that waits for a release which the first write deletes. */
async function afterDeletion(world: World, second: () => Promise<unknown>): Promise<unknown> {
  const letGo = await hold(world.release)
  const input = { projectPath: world.project.fullPath, tagName: world.release.tag }
  const deletion = send(world.tokens.maintainer, 'releaseDelete', input)
  await expect.poll(waiting).toBe(1)
  const answer = second()
  await expect.poll(waiting).toBe(2)
  await letGo()
  expect(await deletion).toEqual([])
  return answer
}

const linkOf = async ({ release }: World) => {
  const { id } = await db.assetLink.findFirstOrThrow({ where: { releaseId: release.id } })
  return `gid://gitlab/Releases::Link/${id}`
}

// A masked error or a deadlock is logged as an error.
afterEach(() => expect(app.logged().filter(({ level }) => Number(level) >= 50)).toEqual([]))

describe('a write while the release is being deleted', () => {
  test('a creation of a link finds no release', async () => {
    const world = await createWorld(app)
    const input = { projectPath: world.project.fullPath, tagName: 'v1.0.0', name: 'n', url: 'https://example.com' }
    const answer = await afterDeletion(world, () => send(world.tokens.developer, 'releaseAssetLinkCreate', input))
    expect(answer).toEqual(['Release with tag "v1.0.0" was not found'])
  })

  test('a change of a link finds no link', async () => {
    const world = await createWorld(app)
    const input = { id: await linkOf(world), name: 'renamed' }
    const answer = await afterDeletion(world, () => send(world.tokens.developer, 'releaseAssetLinkUpdate', input))
    expect(answer).toBe(NOT_FOUND)
  })

  test('a deletion of a link finds no link', async () => {
    const world = await createWorld(app)
    const input = { id: await linkOf(world) }
    const answer = await afterDeletion(world, () => send(world.tokens.developer, 'releaseAssetLinkDelete', input))
    expect(answer).toBe(NOT_FOUND)
  })

  test('a change of the release and a collection of evidence find no release', async () => {
    for (const [name, more] of [
      ['releaseUpdate', { name: 'x' }],
      ['evidenceCollect', {}],
    ] as const) {
      const world = await createWorld(app)
      const input = { projectPath: world.project.fullPath, tagName: 'v1.0.0', ...more }
      const answer = await afterDeletion(world, () => send(world.tokens.developer, name, input))
      expect(answer).toEqual(['Release does not exist'])
    }
  })
})
