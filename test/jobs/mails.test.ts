import { expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import { saveSetting } from '../../src/modules/notifications/notification-settings.ts'
import { useApp } from '../support/app.ts'
import { startMailServer } from '../support/mail-server.ts'
import { createWorld } from '../support/world.ts'
import { change, inSeconds, publish, work } from './job-world.ts'
import { addressOf, mailed, privateWorld, WITHIN, wants } from './mail-world.ts'

const app = useApp({ rateLimits: null })

test('everybody who reads the release gets one, except its author and strangers', async () => {
  const [server, world] = [await startMailServer(), await privateWorld(app)]
  await work(app, { smtpUrl: server.url })
  await mailed(await publish(app, world))
  const { stranger: _stranger, owner: _author, ...readers } = world.users
  expect(server.mails.map(({ to }) => to).sort()).toEqual(Object.values(readers).map(addressOf).sort())
})

test('the setting of the project counts, then that of the nearest group, then that of the account', async () => {
  const server = await startMailServer()
  const world = await createWorld(app)
  const place = { projectId: world.project.id }
  const group = { groupId: world.group.id }
  const { guest, planner, reporter, developer, maintainer, stranger } = world.users
  await wants(guest, 'watch')
  await wants(guest, 'disabled', group)
  await wants(planner, 'disabled')
  await wants(planner, 'watch', group)
  await wants(planner, 'global', place)
  await wants(reporter, 'watch', group)
  await wants(reporter, 'custom', place, false)
  await wants(developer, 'custom', place, true)
  await wants(maintainer, 'participating', place, true)
  await wants(stranger, 'watch', place)
  await work(app, { smtpUrl: server.url })
  await mailed(await publish(app, world))
  const own = Object.values(world.users).map(addressOf)
  const mailedTo = server.mails.map(({ to }) => to).filter((to) => own.includes(to))
  expect(mailedTo.sort()).toEqual([planner, developer, stranger].map(addressOf).sort())
})

test('blocked accounts, accounts without an address and, unless they want it, authors get none', async () => {
  const [server, world] = [await startMailServer(), await privateWorld(app)]
  const { guest, planner, owner } = world.users
  await db.user.update({ where: { id: guest.id }, data: { state: 'blocked' } })
  await db.user.update({ where: { id: planner.id }, data: { email: null } })
  await saveSetting(owner.id, { projectId: null, groupId: null }, { ownActivity: true })
  await work(app, { smtpUrl: server.url })
  await mailed(await publish(app, world))
  expect([guest, planner, owner].map((user) => server.to(addressOf(user)).length)).toEqual([0, 0, 1])
})

test('an upcoming release is mailed at its date, once, and a change of a release mails nothing', async () => {
  const [server, world] = [await startMailServer(), await privateWorld(app)]
  const { guest } = world.users
  await work(app, { smtpUrl: server.url })
  const release = await publish(app, world, { releasedAt: inSeconds(3) })
  await change(app, world, release, { name: 'Later' })
  expect(server.mails).toEqual([])
  await mailed(release)
  await change(app, world, release, { name: 'Later still', releasedAt: inSeconds(1) })
  await new Promise((resolve) => setTimeout(resolve, 2000))
  expect(server.to(addressOf(guest)).map(({ parsed }) => parsed.subject)).toHaveLength(1)
  expect(Date.now()).toBeGreaterThan(release.releasedAt.getTime())
})

test('an address that the server refuses is recorded and stops no other, and is not tried again', async () => {
  const world = await privateWorld(app)
  const { guest, reporter } = world.users
  const server = await startMailServer({ answer: (to) => (to === addressOf(guest) ? 550 : null) })
  await work(app, { smtpUrl: server.url })
  const release = await publish(app, world)
  await mailed(release)
  expect([server.to(addressOf(guest)).length, server.to(addressOf(reporter)).length]).toEqual([0, 1])
  const refused = await db.releaseMail.findMany({ where: { releaseId: release.id } })
  expect(refused).toMatchObject([{ userId: guest.id, refusal: expect.stringContaining('no such mailbox') }])
})

test('an address that is refused for now is tried again, and nobody else gets a second mail', async () => {
  const world = await privateWorld(app)
  let refusals = 1
  const guest = addressOf(world.users.guest)
  const server = await startMailServer({ answer: (to) => (to === guest && refusals-- > 0 ? 450 : null) })
  await work(app, { smtpUrl: server.url })
  await mailed(await publish(app, world))
  expect(server.mails.map(({ to }) => to).sort()).toEqual([...new Set(server.mails.map(({ to }) => to))].sort())
  expect(server.to(guest)).toHaveLength(1)
})

test('mails wait while the mail server is away', async () => {
  const world = await privateWorld(app)
  const first = await startMailServer()
  await first.stop()
  const worker = await work(app, { smtpUrl: first.url })
  const release = await publish(app, world)
  await vi.waitFor(() => expect(worker.results).toContain('mail-release failed'), WITHIN)
  const again = await startMailServer({ port: first.port })
  await mailed(release)
  expect(again.to(addressOf(world.users.guest))).toHaveLength(1)
})
