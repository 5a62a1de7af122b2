import { expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { renderTemplate } from '../../src/modules/webhooks/delivery-request.ts'
import { useApp } from '../support/app.ts'
import { startReceiver } from '../support/receiver.ts'
import { work } from './job-world.ts'
import { all, useWebhooks } from './webhook-world.ts'

const app = useApp({ allowedPrivateAddresses: ['127.0.0.0/8', '::1'] })
const { world, send, hook, releases, newTag, publish } = useWebhooks(app)

test('a release is told when it is published, changed and deleted, to the letter', async () => {
  await work(app)
  const receiver = await startReceiver()
  await hook(`${receiver.url}/hook`, { releases_events: true })
  const notes = 'Fixes ![winch](/uploads/1/w.png) and `![no](image.png)`.'
  const links = [{ name: 'linux', url: 'https://dl.example/a', link_type: 'package' }]
  const tag = await publish({ name: 'Anchor', description: notes, assets: { links } })
  await send('PUT', `${releases()}/${tag}`, { name: 'Anchor 2' })
  await send('DELETE', `${releases()}/${tag}`)
  const received = await receiver.count(3)
  const bodies = received.map(({ text }) => JSON.parse(text))
  expect(bodies.map(({ action, name }) => [action, name])).toEqual([
    ['create', 'Anchor'],
    ['update', 'Anchor 2'],
    ['delete', 'Anchor 2'],
  ])
  const { project } = world()
  const web = `${app.url}/${project.fullPath}`
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
  const commit = bodies[0].commit
  expect(bodies[0]).toEqual({
    id: expect.any(Number),
    created_at: time,
    description: `Fixes ![winch](${web}/uploads/1/w.png) and \`![no](image.png)\`.`,
    name: 'Anchor',
    released_at: time,
    tag,
    object_kind: 'release',
    project: {
      ...{ id: project.id, name: project.name, description: 'Anchors', web_url: web, avatar_url: null },
      ...{ git_ssh_url: null, git_http_url: `${web}.git`, namespace: world().group.name, visibility_level: 0 },
      ...{ path_with_namespace: project.fullPath, default_branch: 'main', ci_config_path: null, homepage: web },
      ...{ url: `${web}.git`, ssh_url: null, http_url: `${web}.git` },
    },
    url: `${web}/-/releases/${tag}`,
    action: 'create',
    assets: {
      count: 5,
      links: [{ id: expect.any(Number), link_type: 'package', name: 'linux', url: 'https://dl.example/a' }],
      sources: ['zip', 'tar.gz', 'tar.bz2', 'tar'].map((format) => ({
        format,
        url: `${web}/-/archive/${tag}/${project.path}-${tag}.${format}`,
      })),
    },
    commit: {
      ...{ id: expect.stringMatching(/^[0-9a-f]{40}$/), message: expect.any(String), title: expect.any(String) },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/),
      url: `${web}/-/commit/${commit.id}`,
      author: { name: expect.any(String), email: expect.any(String) },
    },
  })
  expect(Object.keys(bodies[0])).toEqual([
    ...['id', 'created_at', 'description', 'name', 'released_at', 'tag', 'object_kind', 'project', 'url', 'action'],
    ...['assets', 'commit'],
  ])
  expect(bodies[2].assets).toEqual(bodies[0].assets)
})

test('the date of an upcoming release is told to the hooks that ask for it, and to no other', async () => {
  await work(app)
  const [usual, asking] = [await startReceiver(), await startReceiver()]
  await hook(usual.url, { ...all, release_publish_events: false })
  await hook(asking.url, { release_publish_events: true })
  const tag = await publish({ name: 'Soon', released_at: new Date(Date.now() + 2000).toISOString() })
  const [told] = await asking.count(1)
  expect(JSON.parse(told?.text ?? '')).toMatchObject({ object_kind: 'release', action: 'publish', tag })
  // Deliveries of a hook come in order: what is told next shows that nothing was told before.
  await send('PUT', `${releases()}/${tag}`, { name: 'Here' })
  await usual.count(1, ({ text }) => JSON.parse(text).action === 'update')
  const bodies = usual.received.map(({ text }) => JSON.parse(text))
  expect(bodies.filter(({ object_kind }) => object_kind === 'release').map(({ action }) => action)).toEqual([
    'create',
    'update',
  ])
})

test('pushes, tags and milestones are told', async () => {
  await work(app)
  const receiver = await startReceiver()
  await hook(receiver.url, { ...all, releases_events: false })
  const project = `/projects/${world().project.id}`
  const tag = newTag()
  await send('POST', `${project}/repository/tags`, { tag_name: tag, ref: 'main', message: 'Annotated' })
  await send('POST', `${project}/repository/branches`, { branch: 'side', ref: 'main' })
  await send('DELETE', `${project}/repository/branches/side`)
  const { body: made } = await send('POST', `${project}/milestones`, { title: 'Winter', due_date: '2026-12-24' })
  await send('PUT', `${project}/milestones/${made.id}`, { title: 'Winter 2' })
  await send('PUT', `${project}/milestones/${made.id}`, { state_event: 'close' })
  await send('DELETE', `${project}/milestones/${made.id}`)
  const received = await receiver.count(6)
  const bodies = received.map(({ text }) => JSON.parse(text))
  expect(received.map(({ headers }) => headers['x-gitlab-event'])).toEqual([
    ...['Tag Push Hook', 'Push Hook', 'Push Hook'],
    ...['Milestone Hook', 'Milestone Hook', 'Milestone Hook'],
  ])
  const zeros = '0'.repeat(40)
  expect(bodies[0]).toMatchObject({
    ...{ object_kind: 'tag_push', event_name: 'tag_push', before: zeros, ref: `refs/tags/${tag}` },
    ...{ message: 'Annotated', commits: [], total_commits_count: 0, user_username: world().users.owner.username },
    ...{ project_id: world().project.id, ref_protected: false, push_options: {}, user_email: null },
  })
  expect(bodies[0].after).not.toBe(bodies[0].checkout_sha)
  expect(bodies[1]).toMatchObject({
    object_kind: 'push',
    ref: 'refs/heads/side',
    before: zeros,
    total_commits_count: 0,
  })
  expect(bodies[2]).toMatchObject({ after: zeros, checkout_sha: null })
  expect(bodies.slice(3).map(({ action, object_attributes: { state } }) => [action, state])).toEqual([
    ['create', 'active'],
    ['close', 'closed'],
    ['delete', 'closed'],
  ])
  expect(bodies[3].object_attributes).toMatchObject({ due_date: '2026-12-24', start_date: null, title: 'Winter' })
})

test('a webhook of a group above is told, a draft tells nothing, and a template makes the body', async () => {
  await work(app)
  const receiver = await startReceiver()
  const template = '{"text": "{{tag}} of {{project.name}}: {{description}}", "count": {{assets.count}}}'
  await hook(
    receiver.url,
    { releases_events: true, custom_webhook_template: template },
    `/groups/${world().group.id}/hooks`,
  )
  const draft = newTag()
  expect((await send('POST', releases(), { tag_name: draft, ref: 'main', draft: true })).status).toBe(201)
  const tag = await publish({ description: 'It "works".' })
  await send('POST', `${releases()}/${draft}/publish`)
  const texts = (await receiver.count(2)).map(({ text }) => JSON.parse(text))
  expect(texts[0]).toEqual({ text: `${tag} of ${world().project.name}: It "works".`, count: 4 })
  expect(texts[1].text).toContain(draft)
  expect(() => renderTemplate('{"a": {{b}', '{}')).toThrow('The template makes no JSON')
  expect(() => renderTemplate('{"a": {{b.0}} }', '{"b":[1]}')).toThrow('a value in a list')
  const long = JSON.stringify({ b: 'x'.repeat(1_000_000) })
  expect(renderTemplate(`["${'{{b}}'.repeat(9)}"]`, long)).toHaveLength(9_000_004)
  expect(() => renderTemplate(`["${'{{b}}'.repeat(10)}"]`, long)).toThrow('more than 10,000,000 characters')
})

test('a webhook is told of the branches that its filter names', async () => {
  await work(app)
  const receiver = await startReceiver()
  await hook(`${receiver.url}/wild`, { push_events: true, push_events_branch_filter: 'stable-*' })
  const regex = { push_events_branch_filter: '^hot', branch_filter_strategy: 'regex' }
  await hook(`${receiver.url}/regex`, { push_events: true, ...regex })
  for (const branch of ['stable-1', 'stable_2', 'hotfix']) {
    await send('POST', `/projects/${world().project.id}/repository/branches`, { branch, ref: 'main' })
  }
  const told = (await receiver.count(2)).map(({ path, text }) => [path, JSON.parse(text).ref])
  expect(told.sort()).toEqual([
    ['/regex', 'refs/heads/hotfix'],
    ['/wild', 'refs/heads/stable-1'],
  ])
})

test('nothing is queued where no webhook listens', async () => {
  const before = await db.webhookEvent.count()
  const tag = await publish()
  await send('DELETE', `${releases()}/${tag}`)
  expect(await db.webhookEvent.count()).toBe(before)
})

test('nobody is told of releases when the repository is switched off, and a test finds none', async () => {
  const receiver = await startReceiver()
  const ofGroup = `/groups/${world().group.id}/hooks`
  const { id } = await hook(receiver.url, all, ofGroup)
  await publish()
  const switchTo = (repositoryLevel: 'disabled' | 'enabled') =>
    db.project.update({ where: { id: world().project.id }, data: { repositoryLevel } })
  await switchTo('disabled')
  onTestFinished(async () => void (await switchTo('enabled')))
  const milestone = { title: 'Autumn' }
  expect((await send('POST', `/projects/${world().project.id}/milestones`, milestone)).status).toBe(201)
  await work(app)
  const received = await receiver.count(1)
  expect(received.map(({ text }) => JSON.parse(text).object_kind)).toEqual(['milestone'])
  expect(await send('POST', `${ofGroup}/${id}/test/releases_events`)).toMatchObject({ status: 422 })
})
