import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import type { Prisma } from '../../../src/generated/prisma/client.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createProject, createUser, tokenFor } from '../../support/factories.ts'
import { createWorld, viewers } from '../../support/world.ts'

const app = useApp()

/** A freeze that never ends, because each minute starts one that the next minute ends. */
const always = { freezeStart: '* * * * *', freezeEnd: '* * * * *' }
/** A freeze that is never active, because it starts on a leap day and ends at once. */
const never = { freezeStart: '0 0 29 2 *', freezeEnd: '1 0 * * *' }

const freeze = (projectId: number, data: Partial<Prisma.FreezePeriodUncheckedCreateInput> = {}) =>
  db.freezePeriod.create({ data: { ...never, ...data, projectId } })

const globalId = ({ id }: { id: number }) => `gid://gitlab/Ci::FreezePeriod/${id}`

type Period = { id: string; status: string; startTime: string | null; endTime: string | null }
type Answer = {
  project: {
    deployFreezeActive: boolean
    freezePeriods: { count: number; edges: { cursor: string }[]; nodes: Period[] }
    environments: { count: number; nodes: { name: string; deployFreezes: Period[] | null }[] }
    environment: { id: string; deployFreezes: Period[] | null } | null
  }
}

const FREEZES = /* GraphQL */ `
  query freezes($fullPath: ID!, $first: Int, $after: String) {
    project(fullPath: $fullPath) {
      deployFreezeActive
      freezePeriods(first: $first, after: $after) {
        count
        edges { cursor }
        nodes { id status startCron endCron cronTimezone startTime endTime createdAt updatedAt }
      }
      environments { count nodes { name deployFreezes { id } } }
      environment(name: "production") { id deployFreezes { id status } }
    }
  }
`

const ask = async (fullPath: string, token: string | null, variables: object = {}) => {
  const { data, errors } = await query<Answer, object>(app, FREEZES, { fullPath, ...variables }, { token })
  expect(errors).toBeUndefined()
  return data.project
}

test('reporters and above see freeze periods and environments, and everybody sees whether a freeze is active', async () => {
  const { project, tokens } = await createWorld(app)
  await freeze(project.id, always)
  await db.environment.create({ data: { projectId: project.id, name: 'production' } })
  const seen: Record<string, unknown[]> = {}
  for (const name of viewers) {
    const { deployFreezeActive, freezePeriods, environments, environment } = await ask(project.fullPath, tokens[name])
    const freezes = environment?.deployFreezes?.length ?? null
    seen[name] = [deployFreezeActive, freezePeriods.count, freezePeriods.nodes.length, environments.count, freezes]
  }
  const little = [true, 0, 0, 0, null]
  const all = [true, 1, 1, 1, 1]
  expect(seen).toEqual({
    anonymous: little,
    stranger: little,
    guest: little,
    planner: little,
    reporter: all,
    developer: all,
    maintainer: all,
    owner: all,
  })
})

test('a freeze period shows its schedule and its next window', async () => {
  const { project, tokens } = await createWorld(app)
  const schedule = { freezeStart: '0 23 * * 5', freezeEnd: '0 7 * * 1', cronTimezone: 'Berlin' }
  const row = await freeze(project.id, schedule)
  const { freezePeriods } = await ask(project.fullPath, tokens.reporter)
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:00:00Z$/)
  expect(freezePeriods.nodes).toEqual([
    {
      id: globalId(row),
      status: expect.stringMatching(/^(ACTIVE|INACTIVE)$/),
      startCron: '0 23 * * 5',
      endCron: '0 7 * * 1',
      cronTimezone: 'Berlin',
      startTime: time,
      endTime: time,
      createdAt: `${row.createdAt.toISOString().slice(0, 19)}Z`,
      updatedAt: `${row.updatedAt.toISOString().slice(0, 19)}Z`,
    },
  ])
})

test('freeze periods come oldest first, equally old ones by ID, page by page', async () => {
  const { project, tokens } = await createWorld(app)
  const [newer, older] = [new Date('2026-02-01'), new Date('2026-01-01')]
  const rows = [
    await freeze(project.id, { createdAt: newer }),
    await freeze(project.id, { createdAt: older }),
    await freeze(project.id, { createdAt: older }),
  ].map(globalId)
  const first = await ask(project.fullPath, tokens.owner, { first: 2 })
  expect(first.freezePeriods.nodes.map(({ id }) => id)).toEqual([rows[1], rows[2]])
  expect(first.freezePeriods.count).toBe(3)
  const after = first.freezePeriods.edges[1]?.cursor
  const second = await ask(project.fullPath, tokens.owner, { first: 2, after })
  expect(second.freezePeriods.nodes.map(({ id }) => id)).toEqual([rows[0]])
})

test('a project is frozen when any of its freeze periods is active', async () => {
  const { project, tokens } = await createWorld(app)
  await freeze(project.id, never)
  expect((await ask(project.fullPath, tokens.anonymous)).deployFreezeActive).toBe(false)
  await freeze(project.id, always)
  expect((await ask(project.fullPath, tokens.anonymous)).deployFreezeActive).toBe(true)
})

test('a freeze period that cannot be read freezes nothing and fails nothing', async () => {
  const { project, tokens } = await createWorld(app)
  await freeze(project.id, { freezeStart: 'tomorrow', cronTimezone: 'Nowhere' })
  const { deployFreezeActive, freezePeriods } = await ask(project.fullPath, tokens.owner)
  expect(deployFreezeActive).toBe(false)
  expect(freezePeriods.nodes[0]).toMatchObject({ status: 'INACTIVE', startTime: null, endTime: null })
})

test('viewers who may read a freeze period find it by its global ID, and everybody else gets null', async () => {
  const { project, tokens } = await createWorld(app)
  const id = globalId(await freeze(project.id, always))
  const find = (wanted: string, token: string | null) =>
    query(app, 'query ($id: ID!) { node(id: $id) { ... on CiFreezePeriod { id status } } }', { id: wanted }, { token })
  expect(await find(id, tokens.reporter)).toMatchObject({ data: { node: { id, status: 'ACTIVE' } } })
  const hidden = await find(id, tokens.guest)
  const missing = await find(globalId({ id: 2_000_000_000 }), tokens.reporter)
  for (const { data, errors } of [hidden, missing])
    expect({ data, errors }).toEqual({ data: { node: null }, errors: undefined })
})

test('an environment is found by its exact name, and has the freezes of its project', async () => {
  const { project, tokens } = await createWorld(app)
  const { id } = await db.environment.create({ data: { projectId: project.id, name: 'production' } })
  await db.environment.create({ data: { projectId: project.id, name: 'Production' } })
  const period = await freeze(project.id)
  const { environment, environments } = await ask(project.fullPath, tokens.reporter)
  const deployFreezes = [{ id: globalId(period), status: 'INACTIVE' }]
  expect(environment).toEqual({ id: `gid://gitlab/Environment/${id}`, deployFreezes })
  expect(environments.nodes.map(({ name }) => name)).toEqual(['production', 'Production'])
})

test('the freeze periods of many projects are read in one statement', async () => {
  const token = await tokenFor(await createUser({ admin: true }))
  const projects = [await createProject(), await createProject()]
  for (const { id: projectId } of projects) {
    await freeze(projectId)
    await db.environment.create({ data: { projectId, name: 'production' } })
  }
  const fields = projects.map(
    ({ fullPath }, at) => `p${at}: project(fullPath: "${fullPath}") {
    deployFreezeActive
    freezePeriods(first: 5) { count nodes { status } }
    environments(first: 5) { count nodes { deployFreezes { id } } }
  }`,
  )
  const statements = await app.statementsOf(async () => {
    const { errors } = await query(app, `{ ${fields.join(' ')} }`, {}, { token })
    expect(errors).toBeUndefined()
  })
  // One statement for a page, one for a count, and one for all freeze periods, which both other fields share.
  expect(statements.filter((sql) => sql.includes('freeze_periods'))).toHaveLength(3)
  expect(statements.filter((sql) => sql.includes('environments'))).toHaveLength(2)
})
