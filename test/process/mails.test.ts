import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { saveSetting } from '../../src/modules/notifications/notification-settings.ts'
import * as create from '../support/factories.ts'
import { startMailServer } from '../support/mail-server.ts'
import { ask } from '../support/server-process.ts'
import { createJobProject } from './job-project.ts'
import { serve, until } from './serve-world.ts'

const READERS = 30
const KILL_AFTER = 7

test('kill -9 while an upcoming release is mailed on its date repeats at most one mail and loses none', async () => {
  const project = await createJobProject()
  const users = await create.createUsers(READERS)
  const place = { projectId: project.projectId, groupId: null }
  for (const { id } of users) await saveSetting(id, place, { level: 'watch' })
  let onMail = () => {}
  const mailServer = await startMailServer({ onMail: () => onMail() })
  const env = { ...project.env, SMTP_URL: mailServer.url }
  const killed = serve(env)
  const url = await killed.listening()
  onMail = () => {
    if (mailServer.mails.length >= KILL_AFTER) killed.kill('SIGKILL')
  }
  const releasedAt = new Date(Date.now() + 3000).toISOString()
  const mutation = `mutation { releaseCreate(input: {
    projectPath: "${project.path}", tagName: "v1", ref: "main", releasedAt: "${releasedAt}" }) { errors } }`
  const answer = await ask<{ releaseCreate: { errors: string[] } }>(url, mutation, project.token)
  expect(answer.data.releaseCreate.errors).toEqual([])
  expect(mailServer.mails).toEqual([])
  await killed.ended
  onMail = () => {}
  expect(mailServer.mails.length).toBeLessThan(READERS)
  expect(await db.releaseAnnouncement.count()).toBe(1)

  const server = serve(env)
  await server.listening()
  await until(async () => (await db.releaseMail.count()) === 0)
  const counts = users.map(({ email }) => mailServer.to(email ?? '').length)
  expect(Math.min(...counts)).toBe(1)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(READERS + 1)
}, 120_000)
