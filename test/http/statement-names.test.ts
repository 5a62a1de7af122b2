import { getNamedType } from 'graphql'
import { Client } from 'pg'
import { expect, test, vi } from 'vitest'
import { endpoints } from '../../src/http/rest/endpoints.ts'
import { schema } from '../../src/schema.ts'
import { work } from '../jobs/job-world.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutationInputs } from '../support/mutation-inputs.ts'
import { AllReleases, GroupReleaseStats, OneRelease, OneReleaseForEditing } from '../support/operations.ts'
import { createWorld, type World } from '../support/world.ts'
import { endpointRequests } from './pipelines/endpoint-requests.ts'
import { rest } from './rest/client.ts'

const app = useApp()

const NAMED = /^\s*\w+ \/\* ([a-z]\w*(?:\.\w+)+) \*\/(?: |$)/
/** Statements of Prisma's client. Each names its table with its schema, and cannot have a comment. */
const OF_PRISMA = /^(SELECT|INSERT INTO|UPDATE|DELETE FROM) .*"public"\."/s
/** Statements that need no name. */
const PLAIN = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|LISTEN|UNLISTEN)\b/
/** Statements of the library of jobs, which has connections of its own. */
const OF_WORKER = /^(?!\s*\w+ \/\*).*"graphile_worker"\./s

type Text = string | { text: string }

/** The statements that the driver sends to PostgreSQL meanwhile. */
async function sentBy(run: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(Client.prototype, 'query')
  try {
    await run()
    return spy.mock.calls.flatMap(([first]) => {
      const statement = first as unknown as Text | undefined
      const text = typeof statement === 'string' ? statement : statement?.text
      return text === undefined ? [] : [text]
    })
  } finally {
    spy.mockRestore()
  }
}

const namesOf = (texts: readonly string[]) => new Set(texts.flatMap((text) => NAMED.exec(text)?.[1] ?? []))

const expectNamed = (texts: readonly string[]) =>
  expect(texts.filter((text) => ![NAMED, OF_PRISMA, PLAIN, OF_WORKER].some((known) => known.test(text)))).toEqual([])

/** A world in which the Owner of the project owns the group as well. */
async function ownedWorld(): Promise<World> {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  return world
}

const LISTS = `query lists($project: ID!, $group: ID!, $release: ReleaseID!, $tag: String!) {
  currentUser { username }
  release(id: $release) { name description author { name } milestones { nodes { title description releases { count nodes { name } } } } }
  project(fullPath: $project) {
    description group { name }
    latestRelease { name } protectedTags { nodes { name } } auditEvents { count nodes { message } }
    members { count nodes { role } } milestones { count nodes { title } }
    issues { count nodes { title description } } issue(iid: "1") { title }
    freezePeriods { count nodes { status } } environments { count nodes { name } }
    releases(releasedAfter: "2020-01-01T00:00:00Z") { count nodes { description evidences { nodes { summary } } } }
    one: release(tagName: $tag) { description evidences { count nodes { summary } } milestones { count nodes { description } } }
  }
  group(fullPath: $group) {
    description auditEvents { count nodes { message } } members { count nodes { role } }
    milestones { count nodes { title } } releases { nodes { name } }
  }
}`

test('every statement of a query by hand names itself', async () => {
  const world = await ownedWorld()
  const { project, group, release, tokens } = world
  const variables = {
    project: project.fullPath,
    group: group.fullPath,
    release: `gid://gitlab/Release/${release.id}`,
    tag: release.tag,
  }
  const texts = await sentBy(async () => {
    for (const token of [tokens.owner, tokens.guest, null]) await query(app, LISTS, variables, { token })
    const { errors } = await query(app, LISTS, variables, { token: tokens.owner })
    expect(errors).toBeUndefined()
  })
  expectNamed(texts)
  expect(namesOf(texts).size).toBeGreaterThan(20)
})

test("every statement of the front end's queries names itself", async () => {
  const { project, group, release, tokens } = await ownedWorld()
  const { fullPath } = project
  const texts = await sentBy(async () => {
    for (const token of [tokens.developer, null]) {
      await query(app, AllReleases, { fullPath, first: 10, sort: 'RELEASED_AT_DESC' }, { token })
      await query(app, OneRelease, { fullPath, tagName: release.tag }, { token })
      await query(app, OneReleaseForEditing, { fullPath, tagName: release.tag }, { token })
      await query(app, GroupReleaseStats, { fullPath: group.fullPath }, { token })
    }
  })
  expectNamed(texts)
  expect(namesOf(texts)).toContain('projects.byPath')
})

test.each(Object.keys(schema.getMutationType()?.getFields() ?? {}))(
  'Every statement of %s names itself',
  async (name) => {
    const world = await ownedWorld()
    const type = getNamedType(schema.getMutationType()?.getFields()[name]?.args[0]?.type)
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
    const input = (await mutationInputs[name]?.(world)) ?? {}
    const headers = { 'idempotency-key': `names of ${name}` }
    const texts = await sentBy(() => query(app, document, { input }, { token: world.tokens.owner, headers }))
    expectNamed(texts)
    expect(namesOf(texts)).toContain('idempotency.claim')
  },
)

test.each(Object.keys(endpointRequests))('Every statement of %s names itself', async (key) => {
  const world = await ownedWorld()
  const { path, ...options } = (await endpointRequests[key]?.(world, app)) ?? { path: '' }
  const [method = ''] = key.split(' ', 1)
  const texts = await sentBy(() => rest(app, method.toUpperCase(), path, { ...options, token: world.tokens.owner }))
  expectNamed(texts)
  expect(namesOf(texts)).toContain('access.viewersByToken')
})

test('every statement of a REST endpoint that reads names itself', async () => {
  const { project, group, release, tokens } = await ownedWorld()
  const ids: Record<string, string> = { tag_name: release.tag, issue_iid: '1', sha: release.sha ?? '' }
  const paths = endpoints.flatMap(({ method, path }) => {
    if (method !== 'get') return []
    const id = path.startsWith('/groups') ? group.id : project.id
    return [
      path
        .replaceAll(/\{[^}]*\}/g, '')
        .replaceAll(/:(\w+)/g, (_, name) => (name === 'id' ? `${id}` : (ids[name] ?? '1'))),
    ]
  })
  const texts = await sentBy(async () => {
    for (const path of paths) await rest(app, 'GET', path, { token: tokens.owner })
  })
  expectNamed(texts)
  expect(namesOf(texts).size).toBeGreaterThan(25)
})

test('every statement of pages, feeds and jobs names itself', async () => {
  const { project, release, tokens } = await ownedWorld()
  const headers = { 'private-token': tokens.owner ?? '' }
  const texts = await sentBy(async () => {
    await rest(app, 'POST', `/projects/${project.id}/releases`, {
      token: tokens.owner,
      json: { tag_name: 'v9', ref: 'main' },
    })
    const worker = await work(app)
    await vi.waitFor(() => expect(worker.results).not.toEqual([]), { timeout: 8000 })
    await worker.stop()
    for (const path of ['', '.atom', `/${release.tag}`, '/permalink/latest']) {
      await fetch(`${app.url}/${project.fullPath}/-/releases${path}`, { headers, redirect: 'manual' })
    }
  })
  expectNamed(texts)
  expect(namesOf(texts)).toContain('evidence.insert')
})
