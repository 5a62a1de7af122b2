import { getNamedType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Group, Project } from '../../src/generated/prisma/client.ts'
import { schema } from '../../src/schema.ts'
import { graphql } from '../generated/gql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { mutationInputs } from '../support/mutation-inputs.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const OfProject = graphql(`
  query auditEventsOfProject($path: ID!, $first: Int, $last: Int, $after: String) {
    project(fullPath: $path) {
      auditEvents(first: $first, last: $last, after: $after) {
        count
        nodes {
          id eventType authorName author { username } targetType targetId targetDetails message ipAddress requestId createdAt
        }
        pageInfo { endCursor hasNextPage }
      }
    }
  }
`)

const OfGroup = graphql(`
  query auditEventsOfGroup($path: ID!) {
    group(fullPath: $path) { auditEvents { count nodes { eventType } } }
  }
`)

const eventsOf = async (project: { fullPath: string }, token: string | null, page: Record<string, unknown> = {}) => {
  const { data, errors } = await query(app, OfProject, { path: project.fullPath, ...page }, { token })
  expect(errors).toBeUndefined()
  return data.project?.auditEvents
}

const record = (
  scope: { projectId: number } | { groupId: number },
  data: { eventType?: string; createdAt?: Date } = {},
) =>
  db.auditEvent.create({
    data: {
      eventType: 'release_created',
      authorName: 'Somebody',
      targetType: 'Release',
      targetId: 7,
      targetDetails: 'First',
      message: 'Created release v1-secret',
      ...data,
      ...scope,
    },
  })

/** Which mails somebody wants is their own affair, and no write to what others see. */
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
  ({ name }) => name !== 'notificationSettingUpdate',
)

describe('every write leaves an audit event', () => {
  test.each(mutations.map(({ name }) => name))('the write %s leaves an audit event', async (name) => {
    const world = await createWorld(app)
    await create.addMember({ group: world.group }, world.users.owner, 'owner')
    const input = await mutationInputs[name]?.(world)
    expect(input, `test/support/mutation-inputs.ts has no input for ${name}`).toBeDefined()
    const type = getNamedType(schema.getMutationType()?.getFields()[name]?.args[0]?.type)
    const before = await db.auditEvent.count()
    const { data, errors } = await query<Record<string, { errors: string[] }>, never>(
      app,
      `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`,
      { input },
      { token: world.tokens.owner, headers: { 'x-request-id': 'audited' } },
    )
    expect(errors).toBeUndefined()
    expect(data[name]?.errors).toEqual([])
    const events = await db.auditEvent.findMany({
      orderBy: { id: 'desc' },
      take: (await db.auditEvent.count()) - before,
    })
    expect(events).not.toEqual([])
    const { id: authorId, name: authorName } = world.users.owner
    for (const event of events) expect(event).toMatchObject({ authorId, authorName, requestId: 'audited' })
  })
})

describe('the audit events of a project', () => {
  test('an audit event says who wrote what, when and from where, and outlives what was written', async () => {
    const world = await createWorld(app)
    const mutation = 'mutation ($input: ReleaseDeleteInput!) { releaseDelete(input: $input) { errors } }'
    const input = { projectPath: world.project.fullPath, tagName: world.release.tag }
    const headers = { 'x-request-id': 'probe-7' }
    await query(app, mutation, { input }, { token: world.tokens.owner, headers })
    expect(await eventsOf(world.project, world.tokens.maintainer)).toMatchObject({
      count: 1,
      nodes: [
        {
          id: expect.stringMatching(/^gid:\/\/gitlab\/AuditEvent\/\d+$/),
          eventType: 'release_deleted_audit_event',
          authorName: world.users.owner.name,
          author: { username: world.users.owner.username },
          targetType: 'Release',
          targetId: `gid://gitlab/Release/${world.release.id}`,
          targetDetails: 'First light',
          message: `Deleted release ${world.release.tag}`,
          ipAddress: expect.stringContaining('127.0.0.1'),
          requestId: 'probe-7',
          createdAt: expect.any(String),
        },
      ],
    })
  })

  test('an audit event names the milestones of a release in the order in which they are shown', async () => {
    const world = await createWorld(app)
    const titles = ['Without a date', 'Late', 'Early']
    const { group, project } = world
    await create.createMilestone({ projectId: project.id }, { title: 'Without a date' })
    await create.createMilestone({ projectId: project.id }, { title: 'Late', dueDate: new Date('2026-02-01') })
    await create.createMilestone({ groupId: group.id }, { title: 'Early', dueDate: new Date('2026-01-01') })
    const input = { projectPath: project.fullPath, milestones: titles }
    await mutate(app, world.tokens.owner, 'releaseCreate', { ...input, tagName: 'v2.0.0', ref: 'main' })
    await mutate(app, world.tokens.owner, 'releaseUpdate', { ...input, tagName: 'v1.0.0' })
    const messages = (await eventsOf(world.project, world.tokens.owner))?.nodes?.map((node) => node?.message)
    expect(messages).toEqual([
      'Set the milestones of release v1.0.0 to Early, Late, Without a date',
      'Updated release v1.0.0',
      'Created release v2.0.0 with milestones Early, Late, Without a date',
    ])
  })

  test('an audit event keeps the name of an author whose account is gone', async () => {
    const project = await create.createProject()
    const [owner, author] = [await create.createUser(), await create.createUser()]
    await create.addMember({ project }, owner, 'owner')
    const { id } = await record({ projectId: project.id })
    await db.auditEvent.update({ where: { id }, data: { authorId: author.id, authorName: author.name } })
    await db.user.delete({ where: { id: author.id } })
    expect((await eventsOf(project, await create.tokenFor(owner)))?.nodes).toMatchObject([
      { author: null, authorName: author.name },
    ])
  })

  test('the audit events come newest first, page by page, also when they have the same time', async () => {
    const project = await create.createProject()
    const owner = await create.createUser()
    await create.addMember({ project }, owner, 'owner')
    const token = await create.tokenFor(owner)
    const [early, late] = [new Date('2026-01-01'), new Date('2026-01-02')]
    const types = ['a', 'b', 'c', 'd', 'e']
    for (const [at, eventType] of types.entries()) {
      await record({ projectId: project.id }, { eventType, createdAt: at === 0 ? late : early })
    }
    await record({ projectId: (await create.createProject()).id })
    const seen: (string | undefined)[] = []
    let after: string | null = null
    for (let more = true; more; ) {
      const page: Awaited<ReturnType<typeof eventsOf>> = await eventsOf(project, token, { first: 2, after })
      seen.push(...(page?.nodes ?? []).map((node) => node?.eventType))
      expect(page?.count).toBe(5)
      after = page?.pageInfo.endCursor ?? null
      more = page?.pageInfo.hasNextPage ?? false
    }
    expect(seen).toEqual(['a', 'e', 'd', 'c', 'b'])
    expect((await eventsOf(project, token, { last: 2 }))?.nodes?.map((node) => node?.eventType)).toEqual(['c', 'b'])
  })

  const counts = async (world: World) => {
    const seen: Partial<Record<ViewerName, number>> = {}
    for (const viewer of viewers) {
      const events = await eventsOf(world.project, world.tokens[viewer])
      if (events) seen[viewer] = events.nodes?.length ?? 0
    }
    return seen
  }
  const nobody = Object.fromEntries(viewers.map((viewer) => [viewer, 0]))

  test('Maintainers and Owners read the audit events, and others find none', async () => {
    const world = await createWorld(app)
    await record({ projectId: world.project.id })
    expect(await counts(world)).toEqual({ ...nobody, maintainer: 1, owner: 1 })
  })

  test('nobody reads the audit events of a project whose repository is switched off, because they name tags', async () => {
    const world = await createWorld(app, { project: { repositoryLevel: 'disabled' } })
    await record({ projectId: world.project.id })
    expect(await counts(world)).toEqual(nobody)
    expect((await eventsOf(world.project, world.tokens.owner))?.count).toBe(0)
  })
})

describe('the audit events of a group', () => {
  const groupEvents = async (group: Group, token: string | null) => {
    const { data, errors } = await query(app, OfGroup, { path: group.fullPath }, { token })
    expect(errors).toBeUndefined()
    return data.group?.auditEvents
  }

  test('the audit events of a group are about the group itself, and Maintainers of it or of a group above read them', async () => {
    const above = await create.createGroup()
    const { id } = await create.createGroup({ parentId: above.id })
    const group = await db.group.findUniqueOrThrow({ where: { id } })
    const project: Project = await create.createProject({ groupId: id })
    await record({ groupId: id }, { eventType: 'group_updated' })
    await record({ groupId: above.id })
    await record({ projectId: project.id })
    const [maintainer, developer, ofProject] = await Promise.all([1, 2, 3].map(() => create.createUser()))
    if (!maintainer || !developer || !ofProject) throw new Error('no users')
    await create.addMember({ group: above }, maintainer, 'maintainer')
    await create.addMember({ group }, developer, 'developer')
    await create.addMember({ project }, ofProject, 'owner')
    expect(await groupEvents(group, await create.tokenFor(maintainer))).toEqual({
      count: 1,
      nodes: [{ eventType: 'group_updated' }],
    })
    for (const token of [null, await create.tokenFor(developer), await create.tokenFor(ofProject)]) {
      expect(await groupEvents(group, token)).toEqual({ count: 0, nodes: [] })
    }
  })
})
