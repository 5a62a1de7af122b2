import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { User } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { startMailServer } from '../support/mail-server.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld } from '../support/world.ts'
import { work } from './job-world.ts'
import { addressOf, mailed, privateWorld, WITHIN, wants } from './mail-world.ts'

const app = useApp({ rateLimits: null })

test('a member reads the tag, the links, the sources and the notes, in text and HTML', async () => {
  const [server, world] = [await startMailServer(), await privateWorld(app)]
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
  const { parsed, raw } = server.to(addressOf(world.users.reporter))[0] ?? {}
  expect(raw).toMatch(new RegExp(`^List-ID: .*<project-${world.project.id}\\.releases\\.127\\.0\\.0\\.1>`, 'im'))
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
  const [server, world] = [await startMailServer(), await privateWorld(app)]
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
        const whole = [raw, parsed.subject, parsed.text, String(parsed.html), JSON.stringify([...parsed.headers])].join(
          '\n',
        )
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
  const [server, world] = [await startMailServer(), await privateWorld(app)]
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
    expect(parsed.text).toMatch(/^x Bcc: all@example\.com body has a new release: /)
  }
})
