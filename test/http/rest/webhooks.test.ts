import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { encoded, type RestOptions, rest } from './client.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
})

const of = (kind: 'project' | 'group') => `/${kind}s/${encoded(world[kind].fullPath)}/hooks`
const send = (
  method: string,
  path: string,
  json?: unknown,
  { headers = {}, viewer = 'owner' }: { headers?: RestOptions['headers']; viewer?: ViewerName } = {},
) => rest(app, method, path, { token: world.tokens[viewer], json, headers })

const url = 'http://192.0.2.1:8080/hooks'
const made = async (values: object = {}) => (await send('POST', of('project'), { url, ...values })).body

/** Keys in GitLab's order. */
const KEYS = [
  ...['id', 'url', 'name', 'description', 'created_at', 'push_events', 'tag_push_events', 'merge_requests_events'],
  ...['repository_update_events', 'enable_ssl_verification', 'alert_status', 'disabled_until', 'url_variables'],
  ...['push_events_branch_filter', 'branch_filter_strategy', 'custom_webhook_template', 'custom_headers', 'project_id'],
  ...['issues_events', 'confidential_issues_events', 'note_events', 'confidential_note_events', 'pipeline_events'],
  ...['wiki_page_events', 'deployment_events', 'feature_flag_events', 'job_events', 'releases_events'],
  ...['milestone_events', 'emoji_events', 'resource_access_token_events', 'vulnerability_events'],
  ...['release_publish_events', 'token_present', 'signing_token_present'],
]

const secrets = {
  token: 'token-of-the-receiver',
  signing_token: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  custom_headers: [{ key: 'X-Tenant', value: 'value-of-the-header' }],
  url_variables: [{ key: 'team', value: 'value-of-the-variable' }],
}
const secretTexts = ['token-of-the-receiver', secrets.signing_token, 'value-of-the', 'password-of-the-url', 'user-of']

describe('a webhook', () => {
  test('a webhook is added with its secrets, which no answer has', async () => {
    const values = { name: 'Harbour', push_events: false, releases_events: true, milestone_events: 'true', ...secrets }
    const address = 'http://user-of:password-of-the-url@192.0.2.1/{team}'
    const answer = await send('POST', of('project'), { url: address, ...values })
    expect([answer.status, Object.keys(answer.body)]).toEqual([201, KEYS])
    expect(answer.body).toMatchObject({
      ...{ url: 'http://192.0.2.1/{team}', name: 'Harbour', push_events: false, releases_events: true },
      ...{ milestone_events: true, tag_push_events: false, repository_update_events: false },
      ...{ alert_status: 'executable', disabled_until: null, project_id: world.project.id },
      ...{ url_variables: [{ key: 'team' }], custom_headers: [{ key: 'X-Tenant' }] },
      ...{ token_present: true, signing_token_present: true },
    })
    const path = `${of('project')}/${answer.body.id}`
    const answers = [
      answer,
      await send('GET', path),
      await send('GET', of('project')),
      await send('PUT', path, { name: 'b' }),
    ]
    for (const { text } of answers) for (const secret of secretTexts) expect(text).not.toContain(secret)
    expect(Object.keys((await send('GET', of('project'))).body.at(-1))).not.toContain('custom_headers')
    const row = await db.webhook.findUniqueOrThrow({ where: { id: answer.body.id } })
    expect(row.secrets).toMatchObject({ token: secrets.token, userInfo: 'user-of:password-of-the-url' })
  })

  test('only pushes are told when nothing is said, and each event is switched alone', async () => {
    const hook = await made()
    expect([hook.push_events, hook.tag_push_events, hook.enable_ssl_verification]).toEqual([true, false, true])
    const changed = await send('PUT', `${of('project')}/${hook.id}`, { tag_push_events: true })
    expect([changed.status, changed.body.push_events, changed.body.tag_push_events]).toEqual([200, true, true])
  })

  test('a change without parameters is refused, and one of an unknown webhook is not found', async () => {
    const { id } = await made()
    const empty = await send('PUT', `${of('project')}/${id}`, {})
    expect([empty.status, empty.body]).toEqual([400, { error: 'No parameters provided' }])
    expect((await send('PUT', `${of('project')}/999999`, { name: 'x' })).status).toBe(404)
    expect((await send('GET', `${of('project')}/abc`)).status).toBe(400)
    expect((await send('GET', `${of('group')}/${id}`)).status).toBe(404)
  })

  test('a webhook that leads elsewhere loses the secrets of its old receiver', async () => {
    const { id } = await made(secrets)
    const row = async () => (await db.webhook.findUniqueOrThrow({ where: { id } })).secrets
    await send('PUT', `${of('project')}/${id}`, { url, name: 'the same place' })
    expect(await row()).toMatchObject({ token: secrets.token, headers: { 'X-Tenant': 'value-of-the-header' } })
    await send('PUT', `${of('project')}/${id}`, { url: `${url}/elsewhere` })
    expect(await row()).toMatchObject({ token: null, headers: {}, variables: {}, signingToken: secrets.signing_token })
    const variable = await made({
      ...secrets,
      url: 'http://{team}.1/',
      url_variables: [{ key: 'team', value: '192.0.2' }],
    })
    await send('PUT', `${of('project')}/${variable.id}/url_variables/team`, { value: '198.51.100' })
    const moved = await db.webhook.findUniqueOrThrow({ where: { id: variable.id } })
    expect([moved.host, moved.secrets]).toMatchObject(['198.51.100.1', { token: null, headers: {} }])
  })

  test('a header and a variable are set and taken away alone', async () => {
    const { id } = await made(secrets)
    const path = `${of('project')}/${id}`
    expect((await send('PUT', `${path}/custom_headers/X-Other`, { value: 'b' })).status).toBe(204)
    expect((await send('GET', path)).body.custom_headers).toEqual([{ key: 'X-Other' }, { key: 'X-Tenant' }])
    for (const [key, value] of [
      ['-bad', 'b'],
      ['X-Other', 'a\nb'],
      ['Content-Length', '1'],
      ['Host', 'h'],
    ] as const) {
      const refused = await send('PUT', `${path}/custom_headers/${key}`, { value })
      expect([key, refused.status, refused.body]).toEqual([key, 422, { message: 'Illegal key or value' }])
    }
    expect((await send('DELETE', `${path}/custom_headers/X-Tenant`)).status).toBe(204)
    const again = await send('DELETE', `${path}/custom_headers/X-Tenant`)
    expect([again.status, again.body]).toEqual([404, { message: '404 Custom header Not Found' }])
    expect((await send('PUT', `${path}/url_variables/quay`, { value: 'b' })).status).toBe(204)
    expect((await send('DELETE', `${path}/url_variables/quay`)).status).toBe(204)
    expect((await send('GET', path)).body.url_variables).toEqual([{ key: 'team' }])
  })

  test('a webhook is deleted only when it has not changed since the time given', async () => {
    const { id } = await made()
    const path = `${of('project')}/${id}`
    const early = { headers: { 'if-unmodified-since': new Date(0).toUTCString() } }
    expect((await send('DELETE', path, undefined, early)).status).toBe(412)
    expect((await send('DELETE', path)).status).toBe(204)
    expect((await send('DELETE', path)).status).toBe(404)
  })

  test('a webhook of a group names the group and its own events', async () => {
    const { status, body } = await send('POST', of('group'), { url, subgroup_events: true })
    expect([status, body.group_id, body.project_id, body.subgroup_events]).toEqual([
      201,
      world.group.id,
      undefined,
      true,
    ])
  })

  test('every write is an audit event', async () => {
    const { id } = await made()
    await send('PUT', `${of('project')}/${id}`, { name: 'b' })
    await send('DELETE', `${of('project')}/${id}`)
    const events = await db.auditEvent.findMany({
      where: { targetType: 'Webhook', targetId: id },
      orderBy: { id: 'asc' },
    })
    expect(events.map(({ eventType }) => eventType)).toEqual(['webhook_created', 'webhook_updated', 'webhook_deleted'])
    for (const { message } of events) expect(message).toContain('the webhook to 192.0.2.1:8080')
  })
})

describe('what is refused', () => {
  test.each([
    ['of another scheme', 'ftp://192.0.2.1/'],
    ['of no scheme', '192.0.2.1'],
    ['of a private address', 'http://10.0.0.1/'],
    ['of this machine by its name', 'http://localhost:1/'],
    ['of the address of cloud metadata', 'http://169.254.169.254/'],
    ['of a loopback address of IPv6', 'http://[::1]/'],
    ['of an IPv4 address in IPv6', 'http://[::ffff:10.0.0.1]/'],
    ['of an address as a number', 'http://167772161/'],
    ['of a name that does not exist', 'http://no-such-host.invalid/'],
    ['with a line break', 'http://192.0.2.1/\nx'],
    ['with a variable without a value', 'http://192.0.2.1/{team}'],
  ])('a URL %s is refused', async (_what, address) => {
    const answer = await send('POST', of('project'), { url: address })
    expect([answer.status, answer.body]).toEqual([422, { error: 'Invalid url given' }])
    const { id } = await made()
    const changed = await send('PUT', `${of('project')}/${id}`, { url: address })
    expect([changed.status, changed.body]).toEqual([422, { error: 'Invalid url given' }])
  })

  test('the URL of the server itself is allowed', async () => {
    expect((await send('POST', of('project'), { url: `${app.url}/hook` })).status).toBe(201)
  })

  test('filters, headers, tokens and templates that cannot be used are refused', async () => {
    const error = async (values: object) => {
      const { status, body } = await send('POST', of('project'), { url, ...values })
      return [status, body.error]
    }
    const wrongFilter = { push_events_branch_filter: 'a(', branch_filter_strategy: 'regex' }
    expect(await error(wrongFilter)).toEqual([422, 'Invalid branch filter given'])
    const many = Array.from({ length: 21 }, (_, at) => ({ key: `X-${at}`, value: 'x' }))
    expect(await error({ custom_headers: many })).toEqual([422, 'Custom headers validation failed'])
    expect(await error({ token: 'a\nb' })).toEqual([422, 'token must not contain a line break'])
    expect((await error({ signing_token: 'whsec_c2hvcnQ=' }))[0]).toBe(422)
    expect((await error({ custom_webhook_template: 'x'.repeat(4097) }))[0]).toBe(422)
    const { id } = await made()
    const put = await send('PUT', `${of('project')}/${id}`, { custom_webhook_template: 'x'.repeat(4097) })
    expect([put.status, Object.keys(put.body.message)]).toEqual([422, ['template']])
  })

  test('a project has at most 100 webhooks and a group at most 50', async () => {
    const other = await createWorld(app)
    await create.addMember({ group: other.group }, other.users.owner, 'owner')
    const fill = (owner: object, length: number) =>
      db.webhook.createMany({ data: Array.from({ length }, () => ({ ...owner, url, host: '192.0.2.1:8080' })) })
    await fill({ projectId: other.project.id }, 99)
    await fill({ groupId: other.group.id }, 49)
    const add = (kind: 'project' | 'group') =>
      rest(app, 'POST', `/${kind}s/${other[kind].id}/hooks`, { token: other.tokens.owner, json: { url } })
    for (const kind of ['project', 'group'] as const) {
      const answers = await Promise.all([add(kind), add(kind)])
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422])
    }
  })
})

describe('who may', () => {
  const statuses = { anonymous: 401, stranger: 404, guest: 403, planner: 403, reporter: 403, developer: 403 }

  test.each(viewers)('%s reads and writes webhooks as their role allows', async (viewer) => {
    const { id } = await made()
    const expected = (good: number) => (statuses as Partial<Record<ViewerName, number>>)[viewer] ?? good
    const as = { viewer }
    expect((await send('GET', of('project'), undefined, as)).status).toBe(expected(200))
    expect((await send('GET', `${of('project')}/${id}`, undefined, as)).status).toBe(expected(200))
    expect((await send('POST', of('project'), { url }, as)).status).toBe(expected(201))
    expect((await send('PUT', `${of('project')}/${id}`, { name: 'x' }, as)).status).toBe(expected(200))
    expect((await send('DELETE', `${of('project')}/${id}`, undefined, as)).status).toBe(expected(204))
    const group = viewer === 'anonymous' ? 401 : viewer === 'owner' ? 200 : 403
    expect((await send('GET', of('group'), undefined, as)).status).toBe(group)
  })

  test.each(viewers)('%s is shown webhooks by GraphQL only as their role allows', async (viewer) => {
    const { id } = await made({ name: 'shown' })
    await send('POST', of('group'), { url })
    const document = `query ($project: ID!, $group: ID!) {
      project(fullPath: $project) { webhooks { count nodes { id url events } } }
      group(fullPath: $group) { webhooks { count } } }`
    const paths = { project: world.project.fullPath, group: world.group.fullPath }
    // biome-ignore lint/suspicious/noExplicitAny: what is shown depends on the viewer
    const { data, errors } = await query<any, never>(app, document, paths, { token: world.tokens[viewer] })
    expect(errors).toBeUndefined()
    const reads = viewer === 'maintainer' || viewer === 'owner'
    const isMember = viewer !== 'anonymous' && viewer !== 'stranger'
    expect(data.project === null).toBe(!isMember)
    expect((data.project?.webhooks.count ?? 0) > 0).toBe(reads)
    expect(JSON.stringify(data).includes(`gid://gitlab/Webhook/${id}`)).toBe(reads)
    expect(data.group.webhooks.count > 0).toBe(viewer === 'owner')
    const changed = await query<Record<string, unknown>, never>(
      app,
      'mutation ($id: WebhookID!) { webhookUpdate(input: { id: $id, name: "x" }) { errors } }',
      { id: `gid://gitlab/Webhook/${id}` },
      { token: world.tokens[viewer] },
    )
    expect(changed.data?.webhookUpdate).toEqual(reads ? { errors: [] } : null)
  })
})
