import { expect, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { NotificationLevel, Release, User } from '../../src/generated/prisma/client.ts'
import { saveSetting } from '../../src/modules/notifications/notification-settings.ts'
import type { TestApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'

export const WITHIN = { timeout: 12_000, interval: 50 }

type Place = { projectId?: number; groupId?: number }

export const wants = ({ id }: User, level: NotificationLevel, place: Place = {}, newRelease?: boolean) =>
  saveSetting(
    id,
    { projectId: null, groupId: null, ...place },
    { level, ...(newRelease === undefined ? {} : { events: { new_release: newRelease } }) },
  )

export const addressOf = ({ email }: User) => email ?? ''

/** Waits until nothing of the release is left to be announced or mailed. */
export const mailed = ({ id }: Release, within = WITHIN) =>
  vi.waitFor(async () => {
    const announced = await db.releaseAnnouncement.count({ where: { releaseId: id } })
    const waiting = await db.releaseMail.count({ where: { releaseId: id, refusal: null } })
    expect([announced, waiting]).toEqual([1, 0])
  }, within)

export async function privateWorld(app: TestApp, level: NotificationLevel = 'watch'): Promise<World> {
  // What a test that has failed left to be sent.
  await db.releaseMail.deleteMany()
  const world = await createWorld(app, { project: { visibility: 'private' } })
  for (const user of Object.values(world.users)) await wants(user, level)
  return world
}
