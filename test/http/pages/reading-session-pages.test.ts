// A session from a token that only reads is offered nothing that it may not do.
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { mutate } from '../../support/mutate.ts'
import { createWorld, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { openPages } from './page-client.ts'

const app = useApp({ rateLimits: null, allowedPrivateAddresses: ['127.0.0.1'] })

let world: World

/** Everything that has a form: each is changed, deleted, or made anew somewhere. */
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, repository: { tags: ['v1.0.0', 'plain'] } })
  const { group, project, users, tokens, release } = world
  await create.addMember({ group }, users.owner, 'owner')
  await create.createMilestone({ groupId: group.id })
  const projectPath = project.fullPath
  const made = await Promise.all([
    mutate(app, tokens.owner, 'webhookCreate', { projectPath, url: 'http://127.0.0.1:9/' }),
    mutate(app, tokens.owner, 'webhookCreate', { groupPath: group.fullPath, url: 'http://127.0.0.1:9/' }),
    mutate(app, tokens.owner, 'releaseCreate', { projectPath, tagName: 'v2.0.0', ref: 'main', draft: true }),
    mutate(app, tokens.owner, 'protectedTagCreate', { projectPath, name: 'w*', createAccessLevel: 40 }),
    mutate(app, tokens.owner, 'freezePeriodCreate', { projectPath, freezeStart: '0 1 * * *', freezeEnd: '0 2 * * *' }),
  ])
  expect(made.flat()).toEqual([])
  const branch = `/projects/${project.id}/repository/branches?branch=work&ref=main`
  expect((await rest(app, 'POST', branch, { token: tokens.owner })).status).toBe(201)
  const file = `/projects/${project.id}/packages/generic/tool/1/tool.bin`
  expect((await rest(app, 'PUT', file, { token: tokens.owner, body: 'the tool' })).status).toBe(201)
  const { id: webhookId } = await db.webhook.findFirstOrThrow({ where: { projectId: project.id } })
  const hook = `/projects/${project.id}/hooks/${webhookId}/test/releases_events`
  await rest(app, 'POST', hook, { token: tokens.owner })
  expect(release.tag).toBe('v1.0.0')
})

const FORM =
  /\/-\/(?:create|delete)-(?:tag|branch)(?:\?|$)|\/(?:new|edit|delete|draft|revoke)(?:\?|$)|\/(?:deploy_freezes|protected_tags)\/\d+$/
/** What is no page, or belongs to other pages than those of the server. */
const NO_PAGE = /\/-\/(?:archive|raw|package_files|assets)\/|\/api\/|\/graphql$|\.atom$|\.json$|\/downloads\/|\.git$/

const unescaped = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'")
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, value = '']) => unescaped(value))

/** Follows every link from page to page, but opens no form. */
async function walk(token: string) {
  const browser = await openPages(app, token)
  const seen = new Set(['/', `/groups/${world.group.fullPath}`, `/${world.project.fullPath}`])
  const offered: string[] = []
  for (const path of seen) {
    const { status, text, headers } = await browser.open(path)
    const links = [...found(text, /<a\b[^>]* href="([^"#]*)/g), headers.get('location') ?? '']
    const forms = found(text, /<form\b[^>]* method="post" action="([^"]*)"/g)
    expect([path, status < 400]).toEqual([path, true])
    for (const action of forms) if (!action.endsWith('/-/sign-out')) offered.push(`${path} sends a form`)
    for (const link of links) {
      const { origin, pathname, search, href } = new URL(link, app.url + path)
      if (origin !== app.url || NO_PAGE.test(pathname)) continue
      if (FORM.test(href)) offered.push(`${path} leads to ${pathname}${search}`)
      else seen.add(pathname + search)
    }
  }
  return { offered, pages: [...seen] }
}

test('an owner whose session only reads opens every page, and none offers a form or leads to one', async () => {
  const { offered, pages } = await walk(await create.tokenFor(world.users.owner, ['read_api']))
  expect(offered).toEqual([])
  const areas = 'releases milestones issues tags branches commits packages members audit_events deploy_freezes settings'
  const expected = `${areas} protected_tags hooks`.split(' ').map((area) => `/${world.project.fullPath}/-/${area}`)
  const own = ['/-/tokens', '/-/sessions', '/-/notifications', '/-/explore', '/-/explore/groups']
  const ofGroup = ['milestones', 'hooks', 'releases'].map((area) => `/groups/${world.group.fullPath}/-/${area}`)
  expect(pages).toEqual(expect.arrayContaining([...expected, ...own, ...ofGroup]))
}, 60_000)

test('an owner whose session writes is offered each of these forms', async () => {
  const { offered } = await walk(await create.tokenFor(world.users.owner))
  const project = `/${world.project.fullPath}`
  const kinds = new Set(
    offered.map((each) =>
      each
        .replaceAll(project, 'P')
        .replaceAll(`/groups/${world.group.fullPath}`, 'G')
        .replaceAll(/\/\d+/g, '/1')
        .replaceAll(/\?\S*/g, ''),
    ),
  )
  expect([...kinds].sort()).toMatchInlineSnapshot(`
    [
      "/-/notifications sends a form",
      "/-/sessions sends a form",
      "/-/tokens leads to /-/tokens/1/revoke",
      "/-/tokens sends a form",
      "G/-/hooks leads to G/-/hooks/new",
      "G/-/hooks/1 leads to G/-/hooks/1/delete",
      "G/-/hooks/1 leads to G/-/hooks/1/edit",
      "G/-/hooks/1 sends a form",
      "G/-/milestones leads to G/-/milestones/new",
      "G/-/milestones/1 leads to G/-/milestones/1/delete",
      "G/-/milestones/1 leads to G/-/milestones/1/edit",
      "P leads to P/-/releases/new",
      "P/-/branches leads to P/-/create-branch",
      "P/-/branches leads to P/-/delete-branch",
      "P/-/deploy_freezes leads to P/-/deploy_freezes/1",
      "P/-/deploy_freezes sends a form",
      "P/-/hooks leads to P/-/hooks/new",
      "P/-/hooks/1 leads to P/-/hooks/1/delete",
      "P/-/hooks/1 leads to P/-/hooks/1/edit",
      "P/-/hooks/1 sends a form",
      "P/-/hooks/1/deliveries/1 sends a form",
      "P/-/issues leads to P/-/issues/new",
      "P/-/issues/1 leads to P/-/issues/1/delete",
      "P/-/issues/1 leads to P/-/issues/1/edit",
      "P/-/milestones leads to P/-/milestones/new",
      "P/-/milestones/1 leads to P/-/milestones/1/delete",
      "P/-/milestones/1 leads to P/-/milestones/1/edit",
      "P/-/protected_tags leads to P/-/protected_tags/1",
      "P/-/protected_tags sends a form",
      "P/-/releases leads to P/-/releases/new",
      "P/-/releases leads to P/-/releases/v1.0.0/delete",
      "P/-/releases leads to P/-/releases/v1.0.0/edit",
      "P/-/releases leads to P/-/releases/v2.0.0/draft",
      "P/-/releases/v1.0.0 leads to P/-/releases/v1.0.0/delete",
      "P/-/releases/v1.0.0 leads to P/-/releases/v1.0.0/edit",
      "P/-/tags leads to P/-/create-tag",
      "P/-/tags/plain leads to P/-/delete-tag",
      "P/-/tags/v1.0.0 leads to P/-/delete-tag",
    ]
  `)
}, 60_000)
