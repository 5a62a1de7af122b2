import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld } from '../support/world.ts'

const app = useApp()

test('a time may be in any notation of ISO 8601, in UTC when it has no zone, and at midnight when it has no time', async () => {
  const world = await createWorld(app)
  const { tag: tagName, id } = world.release
  const taken = async (releasedAt: string) => {
    const input = { projectPath: world.project.fullPath, tagName, releasedAt }
    expect(await mutate(app, world.tokens.developer, 'releaseUpdate', input)).toEqual([])
    return (await db.release.findUniqueOrThrow({ where: { id } })).releasedAt.toISOString()
  }
  const times = {
    '2026-01-31': '2026-01-31T00:00:00.000Z',
    '2026-01-31T12:30': '2026-01-31T12:30:00.000Z',
    '2026-01-31 12:30:15': '2026-01-31T12:30:15.000Z',
    '2026-01-31t12:30:15.25z': '2026-01-31T12:30:15.250Z',
    '2026-01-31T12:30:15,5+02:00': '2026-01-31T10:30:15.500Z',
    '2026-01-31T12:30:15-0330': '2026-01-31T16:00:15.000Z',
    '2026-01-31T23:30:15-02': '2026-02-01T01:30:15.000Z',
  }
  for (const [text, time] of Object.entries(times)) expect(await taken(text), text).toBe(time)
})
