// What a release costs that is mailed to many.
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Release, User } from '../../src/generated/prisma/client.ts'
import { mailReleaseTask } from '../../src/jobs/tasks/mail-release-task.ts'
import { announceRelease } from '../../src/modules/announcements/announce-release.ts'
import { currentSigningKey } from '../../src/signing/signing-keys.ts'
import { openMails } from '../../src/start/open-mails.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { createWorld } from '../support/world.ts'
import { publish } from './job-world.ts'
import { addressOf } from './mail-world.ts'

const app = useApp({ rateLimits: null })

const GUEST = 10
const REPORTER = 20

/** A release whose notes name things, and readers of it: Guests and Reporters by turns. */
async function announced(count: number): Promise<{ release: Release; users: User[] }> {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  const { id: projectId } = world.project
  await create.createIssue(world.project, { iid: 901 })
  const users = await create.createUsers(count)
  const roles = users.map(({ id: userId }, at) => ({ userId, projectId, role: at % 2 === 0 ? GUEST : REPORTER }))
  await db.projectMember.createMany({ data: roles })
  await db.notificationSetting.createMany({
    data: users.map(({ id: userId }) => ({ userId, projectId, level: 'watch' as const, events: {} })),
  })
  const release = await publish(app, world)
  const description = `#901 ${world.project.fullPath}#901 %"x" @user-1 ${release.sha} [file](a.md)`
  await db.release.update({ where: { id: release.id }, data: { description, descriptionHtml: null } })
  await db.$transaction(currentSigningKey)
  expect(await announceRelease({ releaseId: release.id, wasUpcoming: false }, { sendsMails: true })).not.toBe(null)
  return { release, users }
}

/** Sends the mails of one batch after another, and returns the statements of each besides the mark of each mail. */
async function statementsOfBatches({ id: releaseId }: Release, { url }: MailServer, onBatch = async () => {}) {
  const log = pino({ level: 'silent' })
  const mails = openMails(
    { smtpUrl: url, mailFrom: null },
    { ...app, baseUrl: app.url, log, mayReach: () => false, onMail: () => {} },
  )
  const { signal } = new AbortController()
  const parts = { ...app, mails, log, baseUrl: app.url, mayReach: () => false, wakeDeliveries: () => {}, signal }
  const batches = await db.releaseMail.groupBy({ by: ['batch'], where: { releaseId }, orderBy: { batch: 'asc' } })
  const counts: number[] = []
  for (const { batch } of batches) {
    const sent = await app.statementsOf(() => mailReleaseTask({ releaseId, batch }, parts))
    counts.push(sent.filter((sql) => !sql.includes('mails.markSent')).length)
    await onBatch()
  }
  mails?.mailer.close()
  return counts
}

test('a batch costs the same statements however many get a mail, besides the mark of each mail', async () => {
  const counts: number[][] = []
  for (const readers of [5, 150]) {
    const server = await startMailServer()
    const { release, users } = await announced(readers)
    counts.push(await statementsOfBatches(release, server))
    for (const [at, user] of users.entries()) {
      const [mail] = server.to(addressOf(user))
      const html = String(mail?.parsed.html)
      expect(html).toContain('/-/issues/901"')
      expect([at, html.includes('/-/commit/'), mail?.raw.includes(release.tag)]).toEqual([
        at,
        at % 2 === 1,
        at % 2 === 1,
      ])
    }
  }
  expect(counts[0]).toHaveLength(1)
  expect(counts[1]).toEqual(counts[0])
})

test('10,000 mails cost the same statements in each batch, and the metrics tell how many are left', {
  timeout: 400_000,
}, async () => {
  const server = await startMailServer({ parses: false })
  const { release, users } = await announced(10_000)
  const left: number[] = []
  const readMetrics = async () => {
    const text = await (await fetch(`${app.url}/metrics`)).text()
    left.push(Number(/^waybill_mails\{state="waiting"\} (\d+)$/m.exec(text)?.[1]))
  }
  await readMetrics()
  const counts = await statementsOfBatches(release, server, readMetrics)
  expect(counts).toHaveLength(50)
  expect(new Set(counts.slice(1)).size).toBe(1)
  expect(left).toEqual(Array.from({ length: 51 }, (_, at) => 10_000 - at * 200))
  expect(new Set(server.mails.map(({ to }) => to))).toEqual(new Set(users.map(addressOf)))
  expect(server.mails).toHaveLength(10_000)
})
