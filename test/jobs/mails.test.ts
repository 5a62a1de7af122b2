import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { NotificationLevel, Release, User } from '../../src/generated/prisma/client.ts'
import { mailReleaseTask } from '../../src/jobs/tasks/mail-release-task.ts'
import { announceRelease } from '../../src/modules/announcements/announce-release.ts'
import { saveSetting } from '../../src/modules/notifications/notification-settings.ts'
import { currentSigningKey } from '../../src/signing/signing-keys.ts'
import { openMails } from '../../src/start/open-mails.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { startMailServer } from '../support/mail-server.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type World } from '../support/world.ts'
import { change, inSeconds, publish, work } from './job-world.ts'

const app = useApp({ rateLimits: null })
const WITHIN = { timeout: 12_000, interval: 50 }

type Place = { projectId?: number; groupId?: number }

const wants = ({ id }: User, level: NotificationLevel, place: Place = {}, newRelease?: boolean) =>
  saveSetting(
    id,
    { projectId: null, groupId: null, ...place },
    { level, ...(newRelease === undefined ? {} : { events: { new_release: newRelease } }) },
  )

const addressOf = ({ email }: User) => email ?? ''

/** Waits until nothing of the release is left to be announced or mailed. */
const mailed = ({ id }: Release) =>
  vi.waitFor(async () => {
    const announced = await db.releaseAnnouncement.count({ where: { releaseId: id } })
    const waiting = await db.releaseMail.count({ where: { releaseId: id, refusal: null } })
    expect([announced, waiting]).toEqual([1, 0])
  }, WITHIN)

async function privateWorld(level: NotificationLevel = 'watch'): Promise<World> {
  // What a test that has failed left to be sent.
  await db.releaseMail.deleteMany()
  const world = await createWorld(app, { project: { visibility: 'private' } })
  for (const user of Object.values(world.users)) await wants(user, level)
  return world
}

describe('who gets a mail', () => {
  test('everybody who reads the release gets one, except its author and strangers', async () => {
    const [server, world] = [await startMailServer(), await privateWorld()]
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
    const [server, world] = [await startMailServer(), await privateWorld()]
    const { guest, planner, owner } = world.users
    await db.user.update({ where: { id: guest.id }, data: { state: 'blocked' } })
    await db.user.update({ where: { id: planner.id }, data: { email: null } })
    await saveSetting(owner.id, { projectId: null, groupId: null }, { ownActivity: true })
    await work(app, { smtpUrl: server.url })
    await mailed(await publish(app, world))
    expect([guest, planner, owner].map((user) => server.to(addressOf(user)).length)).toEqual([0, 0, 1])
  })

  test('an upcoming release is mailed at its date, once, and a change of a release mails nothing', async () => {
    const [server, world] = [await startMailServer(), await privateWorld()]
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
})

describe('a mail', () => {
  test('a member reads the tag, the links, the sources and the notes, in text and HTML', async () => {
    const [server, world] = [await startMailServer(), await privateWorld()]
    await work(app, { smtpUrl: server.url })
    const input = {
      projectPath: world.project.fullPath,
      tagName: 'v2.0.0',
      ref: 'main',
      name: 'Second light',
      description: '# Notes\n\n*new*',
      assets: { links: [{ name: 'binary', url: 'https://example.com/binary' }] },
    }
    expect(await mutate(app, world.tokens.owner, 'releaseCreate', input)).toEqual([])
    const release = await db.release.findFirstOrThrow({ where: { projectId: world.project.id, tag: 'v2.0.0' } })
    await mailed(release)
    const { parsed } = server.to(addressOf(world.users.reporter))[0] ?? {}
    const page = `${app.url}/${world.project.fullPath}/-/releases`
    expect(parsed?.subject).toBe(`${world.project.name} | New release: Second light - v2.0.0`)
    expect(parsed?.messageId).toBe(`<release_${release.id}@127.0.0.1>`)
    expect(parsed?.headers.get('auto-submitted')).toBe('auto-generated')
    for (const part of [parsed?.text, String(parsed?.html)]) {
      expect(part).toContain(`${page}/v2.0.0`)
      expect(part).toContain(page)
      expect(part).toContain('https://example.com/binary')
      expect(part?.match(/Source code \((zip|tar\.gz|tar\.bz2|tar)\)/g)).toHaveLength(4)
    }
    expect(parsed?.text).toContain('# Notes')
    expect(parsed?.html).toContain('<em>new</em>')
  })

  test('no mail of somebody without access to the code has the tag, in any header or part', async () => {
    const [server, world] = [await startMailServer(), await privateWorld()]
    await work(app, { smtpUrl: server.url })
    const { owner: _owner, stranger: _stranger, ...users } = world.users
    const blind = [addressOf(users.guest), addressOf(users.planner)]
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[0-9a-f]{10}$/), fc.boolean(), async (random, named) => {
        const tag = `canary-${random}`
        const input = {
          projectPath: world.project.fullPath,
          tagName: tag,
          ref: 'main',
          ...(named ? { name: 'A title' } : {}),
        }
        expect(await mutate(app, world.tokens.owner, 'releaseCreate', input)).toEqual([])
        const release = await db.release.findFirstOrThrow({ where: { projectId: world.project.id, tag } })
        await mailed(release)
        const own = server.mails.filter(({ parsed }) => parsed.messageId?.includes(`release_${release.id}@`))
        expect(own).toHaveLength(Object.keys(users).length)
        for (const { to, raw, parsed } of own) {
          const whole = [
            raw,
            parsed.subject,
            parsed.text,
            String(parsed.html),
            JSON.stringify([...parsed.headers]),
          ].join('\n')
          expect([to, whole.includes(random)]).toEqual([to, !blind.includes(to)])
          if (blind.includes(to)) expect(whole).toContain(`/-/releases/id/${release.id}`)
          if (blind.includes(to)) expect(parsed.subject).toContain(`Release-${release.id}`)
        }
      }),
      { numRuns: 4 },
    )
  })

  test('what the notes name is a link for whoever of the readers may see it, and files are whole addresses', async () => {
    const server = await startMailServer()
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const hidden = await create.createProject({ visibility: 'private' })
    await create.createIssue(hidden, { iid: 5 })
    const others = await create.createUsers(2)
    for (const user of others) {
      await db.projectMember.create({ data: { userId: user.id, projectId: world.project.id, role: 20 } })
      await wants(user, 'watch', { projectId: world.project.id })
    }
    const insider = others[0] as User
    await db.projectMember.create({ data: { userId: insider.id, projectId: hidden.id, role: 20 } })
    await work(app, { smtpUrl: server.url })
    const description = `Closes ${hidden.fullPath}#5, see [docs](docs/x.md) ![a](//example.com/a.png)`
    const input = { projectPath: world.project.fullPath, tagName: 'v5', ref: 'main', description }
    expect(await mutate(app, world.tokens.owner, 'releaseCreate', input)).toEqual([])
    await mailed(await db.release.findFirstOrThrow({ where: { projectId: world.project.id, tag: 'v5' } }))
    for (const reader of others) {
      const html = String(server.to(addressOf(reader))[0]?.parsed.html)
      const issue = `href="${app.url}/${hidden.fullPath}/-/issues/5"`
      expect([reader.id, html.includes(issue)]).toEqual([reader.id, reader === insider])
      expect(html).toContain(`href="${app.url}/${world.project.fullPath}/-/blob/v5/docs/x.md"`)
      expect(html).toContain('src="//example.com/a.png"')
    }
  })

  test('titles and names of any kind make no header of their own', async () => {
    const [server, world] = [await startMailServer(), await privateWorld()]
    const evil: string = 'x\r\nBcc: all@example.com\r\n\r\nbody'
    await db.project.update({ where: { id: world.project.id }, data: { name: evil } })
    await db.user.update({ where: { id: world.users.guest.id }, data: { name: evil } })
    await work(app, { smtpUrl: server.url })
    const input = { projectPath: world.project.fullPath, tagName: 'v4', ref: 'main', name: evil }
    expect(await mutate(app, world.tokens.owner, 'releaseCreate', input)).toEqual([])
    await vi.waitFor(() => expect(server.to(addressOf(world.users.guest))).toHaveLength(1), WITHIN)
    for (const { parsed } of server.mails) {
      expect([parsed.bcc, parsed.headers.has('bcc')]).toEqual([undefined, false])
      expect(parsed.subject?.length).toBeLessThanOrEqual(250)
    }
  })
})

describe('sending', () => {
  test('an address that the server refuses is recorded and stops no other, and is not tried again', async () => {
    const world = await privateWorld()
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
    const world = await privateWorld()
    let refusals = 1
    const guest = addressOf(world.users.guest)
    const server = await startMailServer({ answer: (to) => (to === guest && refusals-- > 0 ? 450 : null) })
    await work(app, { smtpUrl: server.url })
    await mailed(await publish(app, world))
    expect(server.mails.map(({ to }) => to).sort()).toEqual([...new Set(server.mails.map(({ to }) => to))].sort())
    expect(server.to(guest)).toHaveLength(1)
  })

  test('mails wait while the mail server is away', async () => {
    const world = await privateWorld()
    const first = await startMailServer()
    await first.stop()
    const worker = await work(app, { smtpUrl: first.url })
    const release = await publish(app, world)
    await vi.waitFor(() => expect(worker.results).toContain('mail-release failed'), WITHIN)
    const again = await startMailServer({ port: first.port })
    await mailed(release)
    expect(again.to(addressOf(world.users.guest))).toHaveLength(1)
  })

  test('a batch costs the same statements however many get a mail, besides the mark of each mail', {
    timeout: 60_000,
  }, async () => {
    // Others that want every mail would fill the batch.
    await db.notificationSetting.deleteMany({ where: { projectId: null, groupId: null } })
    const server = await startMailServer()
    const log = pino({ level: 'silent' })
    const mails = openMails(
      { smtpUrl: server.url, mailFrom: null },
      { ...app, baseUrl: app.url, log, mayReach: () => false, onMail: () => {} },
    )
    const signal = new AbortController().signal
    const parts = { ...app, mails, log, baseUrl: app.url, mayReach: () => false, wakeDeliveries: () => {}, signal }
    await db.$transaction(currentSigningKey)
    // The accounts of other tests want mails about everything, and would fill the batch.
    await db.notificationSetting.deleteMany({ where: { projectId: null } })
    const counts: number[] = []
    for (const readers of [5, 150]) {
      const world = await createWorld(app, { project: { visibility: 'private' } })
      const users = await create.createUsers(readers)
      const members = users.map(({ id: userId }) => ({ userId, projectId: world.project.id, role: 10 }))
      await db.projectMember.createMany({ data: members })
      for (const user of users) await wants(user, 'watch', { projectId: world.project.id })
      const release = await publish(app, world)
      await announceRelease({ releaseId: release.id, wasUpcoming: false }, { sendsMails: true })
      const sent = await app.statementsOf(() => mailReleaseTask({ releaseId: release.id, batch: 0 }, parts))
      await mailed(release)
      expect(sent.filter((sql) => sql.includes('mails.markSent'))).toHaveLength(readers)
      counts.push(sent.length - readers)
    }
    expect(counts[1]).toBe(counts[0])
  })
})

describe('a link that ends mails', () => {
  async function link(): Promise<{ url: string; world: World; user: User }> {
    const [server, world] = [await startMailServer(), await privateWorld()]
    const user = world.users.guest
    await work(app, { smtpUrl: server.url })
    await mailed(await publish(app, world))
    const { raw = '', parsed } = server.to(addressOf(user))[0] ?? {}
    expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    const { url = '' } =
      (parsed?.headers.get('list') as { unsubscribe?: { url?: string } } | undefined)?.unsubscribe ?? {}
    expect(url).toContain(`${app.url}/-/unsubscribe/`)
    return { url, world, user }
  }

  const settingOf = ({ id: userId }: User, { project }: World) =>
    db.notificationSetting.findFirst({ where: { userId, projectId: project.id } })

  test('a POST ends the mails of the project for the account, without a credential; a GET only asks', async () => {
    const { url, world, user } = await link()
    const page = await fetch(url)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<form method="post">')])
    expect(await settingOf(user, world)).toBeNull()
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    expect((await fetch(url, { method: 'POST', body })).status).toBe(200)
    expect(await settingOf(user, world)).toMatchObject({ level: 'custom', events: { new_release: false } })
  })

  test('a link for somebody else, another project or with another signature changes nothing', async () => {
    const { url, world, user } = await link()
    const [, subject = '', signature = ''] = /unsubscribe\/([^/]+)\/(.+)$/.exec(url) ?? []
    const { reporter } = world.users
    const forged = [
      url.replace(subject, `${reporter.id}-${world.project.id}`),
      url.replace(subject, `${user.id}-${world.project.id + 1}`),
      `${url.slice(0, -4)}AAAA`,
      url.replace(signature, 'x'),
      url.replace(signature, `${signature.split('.')[0]}.`),
    ]
    for (const each of forged) {
      for (const method of ['GET', 'POST']) expect((await fetch(each, { method })).status).toBe(404)
    }
    expect(await db.notificationSetting.count({ where: { projectId: world.project.id } })).toBe(0)
  })

  test('a link answers alike whether its project is there, hidden or gone', async () => {
    const { url, world } = await link()
    const answer = async () => {
      const response = await fetch(url, { method: 'POST' })
      return [response.status, await response.text()]
    }
    const present = await answer()
    await db.projectMember.deleteMany({ where: { projectId: world.project.id } })
    expect(await answer()).toEqual(present)
    await db.project.delete({ where: { id: world.project.id } })
    expect(await answer()).toEqual(present)
  })
})
