// Two people, or two tabs, edit the same thing: nobody replaces unseen what was written meanwhile.
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { signIn } from '../sign-in/browser.ts'
import { openAs, resubmit, submit } from './form-client.ts'

const app = useApp()

let world: World
let cookie = ''
beforeAll(async () => {
  world = await createWorld(app, {
    project: { visibility: 'private' },
    tag: 'v1',
    repository: { commits: 1, tags: ['v1'] },
  })
  cookie = await signIn(app, world.tokens.maintainer ?? '')
})

const token = () => world.tokens.maintainer ?? ''
const urlOf = (path: string) => `${app.url}/${world.project.fullPath}/-/${path}`

/** Opens the form twice and sends both; gives what the second one is told. */
async function editTwice(form: string, field: string) {
  const url = urlOf(form)
  const second = (await openAs(url, cookie)).text
  expect((await submit(url, cookie, { [field]: 'By the first' })).status).toBe(303)
  const refused = await resubmit(url, cookie, second, { [field]: 'By the second' })
  expect([refused.status, refused.text.includes('Somebody changed this meanwhile')]).toEqual([409, true])
  expect(refused.text).toContain('By the second')
  return { again: () => resubmit(url, cookie, refused.text, {}) }
}

test('the second of two edits of a release is told of the first, keeps its text, and may replace it', async () => {
  const { again } = await editTwice('releases/v1/edit', 'description')
  const notes = async () => (await db.release.findUniqueOrThrow({ where: { id: world.release.id } })).description
  expect(await notes()).toBe('By the first')
  expect((await again()).status).toBe(303)
  expect(await notes()).toBe('By the second')
})

test('so is the second of two edits of a draft', async () => {
  const made = await rest(app, 'POST', `/projects/${world.project.id}/releases?waybill=true`, {
    token: token(),
    json: { tag_name: 'v2', ref: 'main', draft: true },
  })
  expect(made.status).toBe(201)
  expect((await (await editTwice('releases/v2/draft', 'description')).again()).status).toBe(303)
})

test('and of a milestone and of an issue', async () => {
  const { iid } = await create.createMilestone({ projectId: world.project.id })
  expect((await (await editTwice(`milestones/${iid}/edit`, 'title')).again()).status).toBe(303)
  const issue = await rest(app, 'POST', `/projects/${world.project.id}/issues`, {
    token: token(),
    json: { title: 'One' },
  })
  expect((await (await editTwice(`issues/${issue.body.iid}/edit`, 'title')).again()).status).toBe(303)
})
