import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import type { FreezePeriodCreateInput, FreezePeriodUpdateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const Create = graphql(`
  mutation createFreeze($input: FreezePeriodCreateInput!) {
    freezePeriodCreate(input: $input) {
      clientMutationId
      errors
      freezePeriod { id status startCron endCron cronTimezone startTime endTime createdAt updatedAt }
    }
  }
`)

const Update = graphql(`
  mutation updateFreeze($input: FreezePeriodUpdateInput!) {
    freezePeriodUpdate(input: $input) { errors freezePeriod { id status startCron endCron cronTimezone } }
  }
`)

const Delete = graphql(`
  mutation deleteFreeze($input: FreezePeriodDeleteInput!) {
    freezePeriodDelete(input: $input) { errors freezePeriod { id startCron } }
  }
`)

const WEEKEND = { freezeStart: '0 23 * * 5', freezeEnd: '0 7 * * 1' }
/** A freeze that starts every minute and ends at new year. */
const ALWAYS = { freezeStart: '* * * * *', freezeEnd: '0 0 1 1 *' }

const add = (world: World, input: Partial<FreezePeriodCreateInput> = {}, viewer: ViewerName = 'maintainer') =>
  query(
    app,
    Create,
    { input: { projectPath: world.project.fullPath, ...WEEKEND, ...input } },
    { token: world.tokens[viewer] },
  )

const change = (world: World, input: FreezePeriodUpdateInput, viewer: ViewerName = 'maintainer') =>
  query(app, Update, { input }, { token: world.tokens[viewer] })

const remove = (world: World, id: string, viewer: ViewerName = 'maintainer') =>
  query(app, Delete, { input: { id } }, { token: world.tokens[viewer] })

const addedId = async (world: World) => (await add(world)).data.freezePeriodCreate?.freezePeriod?.id ?? ''

const isFrozen = async (world: World) => {
  const document = `{ project(fullPath: "${world.project.fullPath}") { deployFreezeActive } }`
  return (await query<{ project: { deployFreezeActive: boolean } }, object>(app, document)).data.project
    .deployFreezeActive
}

const periodsOf = (world: World) => db.freezePeriod.findMany({ where: { projectId: world.project.id } })

const eventsOf = async (world: World) => {
  const events = await db.auditEvent.findMany({ where: { projectId: world.project.id }, orderBy: { id: 'asc' } })
  return events.map(({ eventType, authorId, message }) => [eventType, authorId, message])
}

describe('freezePeriodCreate', () => {
  test('freezePeriodCreate adds a freeze period, in UTC unless a zone is given', async () => {
    const world = await createWorld(app)
    const { data, errors } = await add(world, { clientMutationId: 'm1' })
    expect(errors).toBeUndefined()
    expect(data.freezePeriodCreate).toMatchObject({
      clientMutationId: 'm1',
      errors: [],
      freezePeriod: { startCron: '0 23 * * 5', endCron: '0 7 * * 1', cronTimezone: 'UTC' },
    })
    const zoned = await add(world, { cronTimezone: 'Eastern Time (US & Canada)' })
    expect(zoned.data.freezePeriodCreate?.freezePeriod?.cronTimezone).toBe('Eastern Time (US & Canada)')
    expect((await add(world, { cronTimezone: null })).data.freezePeriodCreate?.freezePeriod?.cronTimezone).toBe('UTC')
    expect(await periodsOf(world)).toHaveLength(3)
  })

  test('freezePeriodCreate trims blanks around the expressions', async () => {
    const world = await createWorld(app)
    const { data } = await add(world, { freezeStart: '  0 23 * * 5\n', freezeEnd: '\t0 7 * * 1 ' })
    expect(data.freezePeriodCreate?.freezePeriod).toMatchObject({ startCron: '0 23 * * 5', endCron: '0 7 * * 1' })
  })

  test.each<[string, Partial<FreezePeriodCreateInput>, string[]]>([
    ['a blank start', { freezeStart: ' ' }, ["Freeze start can't be blank"]],
    ['a blank end', { freezeEnd: '' }, ["Freeze end can't be blank"]],
    ['a blank zone', { cronTimezone: '' }, ["Cron timezone can't be blank"]],
    ['a start that is no cron', { freezeStart: 'friday evening' }, ['Freeze start is invalid syntax']],
    ['an end with seconds', { freezeEnd: '0 0 7 * * 1' }, ['Freeze end is invalid syntax']],
    ['a day that never comes', { freezeStart: '0 0 31 2 *' }, ['Freeze start is invalid syntax']],
    ['an unknown zone', { cronTimezone: 'Middle/Earth' }, ['Cron timezone is invalid syntax']],
    ['an offset as the zone', { cronTimezone: '+02:00' }, ['Cron timezone is invalid syntax']],
    [
      'an expression that is too long',
      { freezeStart: `${'0,'.repeat(126)}0 0 * * *` },
      ['Freeze start is too long (maximum is 255 characters)'],
    ],
    [
      'everything wrong at once, with a sentence for each',
      { freezeStart: '', freezeEnd: '99 * * * *', cronTimezone: 'x'.repeat(256) },
      [
        "Freeze start can't be blank",
        'Freeze end is invalid syntax',
        'Cron timezone is too long (maximum is 255 characters)',
      ],
    ],
  ])('freezePeriodCreate refuses %s in the payload', async (_name, input, messages) => {
    const world = await createWorld(app)
    const { data, errors } = await add(world, input)
    expect(errors).toBeUndefined()
    expect(data.freezePeriodCreate).toEqual({ clientMutationId: null, errors: messages, freezePeriod: null })
    expect([await periodsOf(world), await eventsOf(world)]).toEqual([[], []])
  })

  test('freezePeriodCreate refuses one period more than 100, also when several are added at once', async () => {
    const world = await createWorld(app)
    const period = { ...WEEKEND, projectId: world.project.id, updatedAt: new Date() }
    await db.freezePeriod.createMany({ data: Array.from({ length: 98 }, () => period) })
    const added = await Promise.all(Array.from({ length: 4 }, () => add(world)))
    const errors = added.map(({ data }) => data.freezePeriodCreate?.errors.join()).sort()
    const refused = 'A project may have at most 100 freeze periods'
    expect(errors).toEqual(['', '', refused, refused])
    expect(await periodsOf(world)).toHaveLength(100)
  })

  test('freezePeriodCreate freezes the project at once', async () => {
    const world = await createWorld(app)
    expect(await isFrozen(world)).toBe(false)
    expect((await add(world, ALWAYS)).data.freezePeriodCreate?.freezePeriod?.status).toBe('ACTIVE')
    expect(await isFrozen(world)).toBe(true)
  })

  test('a new freeze period counts for the next mutation of the same request', async () => {
    const world = await createWorld(app, { project: { freezeRefusesReleases: true } })
    const path = `projectPath: "${world.project.fullPath}"`
    const publish = (tag: string) => `releaseCreate(input: { ${path}, tagName: "${tag}", ref: "main" }) { errors }`
    const freeze = `freezePeriodCreate(input: { ${path}, freezeStart: "* * * * *", freezeEnd: "0 0 1 1 *" }) { errors }`
    const document = `mutation { before: ${publish('v2.0.0')} ${freeze} after: ${publish('v3.0.0')} }`
    const { data } = await query(app, document, {}, { token: world.tokens.owner })
    expect(data).toEqual({
      before: { errors: [] },
      freezePeriodCreate: { errors: [] },
      after: { errors: ['Releases are not created during a deploy freeze of this project'] },
    })
  })
})

describe('freezePeriodUpdate', () => {
  test('freezePeriodUpdate changes what is given and leaves the rest', async () => {
    const world = await createWorld(app)
    const id = await addedId(world)
    const { data } = await change(world, { id, freezeEnd: ' 0 8 * * 1 ', cronTimezone: 'Europe/Berlin' })
    expect(data.freezePeriodUpdate).toMatchObject({
      errors: [],
      freezePeriod: { id, startCron: '0 23 * * 5', endCron: '0 8 * * 1', cronTimezone: 'Europe/Berlin' },
    })
    const cleared = await change(world, { id, cronTimezone: null })
    expect(cleared.data.freezePeriodUpdate?.freezePeriod?.cronTimezone).toBe('UTC')
  })

  test('freezePeriodUpdate ends a freeze at once', async () => {
    const world = await createWorld(app)
    const id = (await add(world, ALWAYS)).data.freezePeriodCreate?.freezePeriod?.id ?? ''
    const { data } = await change(world, { id, freezeStart: '0 0 29 2 *', freezeEnd: '1 0 * * *' })
    expect(data.freezePeriodUpdate?.freezePeriod?.status).toBe('INACTIVE')
    expect(await isFrozen(world)).toBe(false)
  })

  test('freezePeriodUpdate with nothing but the ID changes nothing and succeeds', async () => {
    const world = await createWorld(app)
    const id = await addedId(world)
    const before = await periodsOf(world)
    expect((await change(world, { id })).data.freezePeriodUpdate).toMatchObject({ errors: [], freezePeriod: { id } })
    expect(await periodsOf(world)).toEqual(before)
    expect(await eventsOf(world)).toHaveLength(1)
  })

  test('freezePeriodUpdate refuses blank or wrong values in the payload, and changes nothing', async () => {
    const world = await createWorld(app)
    const id = await addedId(world)
    const before = await periodsOf(world)
    const { data, errors } = await change(world, { id, freezeStart: null, freezeEnd: 'x', cronTimezone: 'UTC' })
    expect(errors).toBeUndefined()
    expect(data.freezePeriodUpdate).toEqual({
      errors: ["Freeze start can't be blank", 'Freeze end is invalid syntax'],
      freezePeriod: null,
    })
    expect(await periodsOf(world)).toEqual(before)
  })
})

test('freezePeriodDelete deletes the freeze period and ends its freeze', async () => {
  const world = await createWorld(app)
  const id = (await add(world, ALWAYS)).data.freezePeriodCreate?.freezePeriod?.id ?? ''
  const { data } = await remove(world, id)
  expect(data.freezePeriodDelete).toEqual({ errors: [], freezePeriod: { id, startCron: '* * * * *' } })
  expect(await isFrozen(world)).toBe(false)
  const again = await remove(world, id)
  expect([again.data.freezePeriodDelete, again.errors?.[0]?.extensions]).toEqual([null, { code: 'NOT_FOUND' }])
})

test('an audit event names the author of each change of the freeze periods', async () => {
  const world = await createWorld(app)
  const id = await addedId(world)
  await change(world, { id, freezeEnd: '0 8 * * 1' }, 'owner')
  await remove(world, id)
  const { maintainer, owner } = world.users
  expect(await eventsOf(world)).toEqual([
    ['freeze_period_created', maintainer.id, 'Added deploy freeze 0 23 * * 5 to 0 7 * * 1 (UTC)'],
    ['freeze_period_updated', owner.id, 'Changed deploy freeze 0 23 * * 5 to 0 8 * * 1 (UTC)'],
    ['freeze_period_deleted', maintainer.id, 'Deleted deploy freeze 0 23 * * 5 to 0 8 * * 1 (UTC)'],
  ])
})

describe('the right to write freeze periods', () => {
  test.each(viewers)('%s may write freeze periods from the role Maintainer on', async (viewer) => {
    const world = await createWorld(app)
    const id = await addedId(world)
    const answers = [
      await add(world, {}, viewer),
      await change(world, { id, freezeEnd: '0 8 * * 1' }, viewer),
      await remove(world, id, viewer),
    ]
    const written = answers.map(({ data }) => Object.values(data)[0]?.errors ?? null)
    const may = viewer === 'maintainer' || viewer === 'owner'
    expect(written).toEqual(may ? [[], [], []] : [null, null, null])
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions?.code)
    expect(codes).toEqual(Array(3).fill(may ? undefined : 'NOT_FOUND'))
  })

  test('nobody may write freeze periods of an archived project', async () => {
    const world = await createWorld(app)
    const id = await addedId(world)
    await db.project.update({ where: { id: world.project.id }, data: { archived: true } })
    for (const { data } of [await add(world, {}, 'owner'), await remove(world, id, 'owner')]) {
      expect(Object.values(data)).toEqual([null])
    }
  })

  test('a freeze period of a hidden project answers as a missing one, and an ID of another class is refused', async () => {
    const [world, other] = [await createWorld(app), await createWorld(app, { project: { visibility: 'private' } })]
    const hidden = await remove(world, await addedId(other), 'owner')
    const missing = await remove(world, 'gid://gitlab/Ci::FreezePeriod/2000000000', 'owner')
    expect(hidden.errors).toEqual(missing.errors)
    const { errors } = await remove(world, `gid://gitlab/Release/${world.release.id}`)
    expect(errors?.[0]?.message).toContain('does not represent an instance of Ci::FreezePeriod')
  })
})
