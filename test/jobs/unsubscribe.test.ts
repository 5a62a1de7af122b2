import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { User } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { startMailServer } from '../support/mail-server.ts'
import type { World } from '../support/world.ts'
import { publish, work } from './job-world.ts'
import { addressOf, mailed, privateWorld } from './mail-world.ts'

const app = useApp({ rateLimits: null })

async function link(): Promise<{ url: string; world: World; user: User }> {
  const [server, world] = [await startMailServer(), await privateWorld(app)]
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
