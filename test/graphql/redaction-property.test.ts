import fc from 'fast-check'
import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { expect, test } from 'vitest'
import { db } from '../../src/db.ts'
import { schema } from '../../src/schema.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

/** Stands in the tag, so it must not stand in any answer to a viewer without code access. */
const MARK = 'zqx'
const TAG = `${MARK}/v1.2.3-${MARK}.1`

/** What a curious viewer would give for required arguments. */
const argumentsOf: Record<string, (world: World) => string> = {
  tagName: () => TAG,
  directAssetPath: () => '/bin/linux',
  name: () => 'production',
}

const MAX_DEPTH = 7

/** A selection of any fields of a type, nested at will; the choices come from fast-check, one number per decision. */
function select(type: GraphQLObjectType, choose: () => number, world: World, depth = 1): string {
  const fields = Object.values(type.getFields()).flatMap((field) => selectField(field, choose, world, depth) ?? [])
  return `{ __typename ${fields.join(' ')} }`
}

function selectField(
  field: GraphQLField<unknown, unknown>,
  choose: () => number,
  world: World,
  depth: number,
): string | null {
  const type = getNamedType(field.type)
  const isLeaf = isLeafType(type)
  // Leaves are always asked for, what lies below them by chance: or no query would stay within its limits.
  if (!isLeaf && (depth >= MAX_DEPTH || choose() % (type.name.endsWith('Connection') ? 3 : 2) !== 0)) return null
  const required = field.args.filter(isRequiredArgument)
  if (required.some(({ name }) => !argumentsOf[name])) return null
  const given = required.map(({ name }) => `${name}: ${JSON.stringify(argumentsOf[name]?.(world))}`)
  if (field.args.some(({ name }) => name === 'first')) given.push('first: 2')
  const args = given.length > 0 ? `(${given.join(', ')})` : ''
  if (isLeaf) return field.name + args
  return isObjectType(type) ? `${field.name}${args} ${select(type, choose, world, depth + 1)}` : null
}

const root = (name: string) => {
  const type = schema.getType(name)
  if (!isObjectType(type) || isInterfaceType(type)) throw new Error(name)
  return type
}

async function worldWithTags(project: Parameters<typeof createWorld>[1]) {
  const world = await createWorld(app, { ...project, tag: TAG })
  await db.release.update({ where: { id: world.release.id }, data: { name: null } })
  await db.evidence.updateMany({
    where: { releaseId: world.release.id },
    data: { summary: { release: { tag_name: TAG } } },
  })
  await db.protectedTag.create({
    data: { projectId: world.project.id, name: `${MARK}*`, accessLevels: { create: { accessLevel: 40 } } },
  })
  await db.environment.create({ data: { projectId: world.project.id, name: 'production' } })
  await db.freezePeriod.create({
    data: { projectId: world.project.id, freezeStart: '0 0 * * 5', freezeEnd: '0 0 * * 1' },
  })
  await create.addMember({ group: world.group }, world.users.stranger, 'guest')
  return world
}

test('whatever a viewer without code access asks, no answer holds the tag', async () => {
  const closed = await worldWithTags({ project: { visibility: 'private' } })
  const open = await worldWithTags({ project: { visibility: 'public', repositoryLevel: 'disabled' } })
  const { milestoneId } = await db.milestoneRelease.findFirstOrThrow({ where: { releaseId: closed.release.id } })
  const entries = ({ project, group, release }: World) => [
    ['Project', `project(fullPath: "${project.fullPath}")`],
    ['Group', `group(fullPath: "${group.fullPath}")`],
    ['Release', `release(id: "gid://gitlab/Release/${release.id}")`],
    ['Milestone', `milestone(id: "gid://gitlab/Milestone/${milestoneId}")`],
  ]
  const viewers: [World, string | null][] = [
    [closed, closed.tokens.guest],
    [closed, closed.tokens.planner],
    [closed, closed.tokens.stranger],
    [open, null],
    [open, open.tokens.owner],
  ]
  let answered = 0
  await fc.assert(
    fc.asyncProperty(
      fc.nat(4),
      fc.nat(3),
      fc.array(fc.nat(1000), { minLength: 200, maxLength: 200 }),
      async (who, entry, choices) => {
        const [world, token] = viewers[who] ?? [closed, null]
        const [type = '', field = ''] = entries(world)[entry] ?? []
        let at = 0
        const document = `{ ${field} ${select(root(type), () => choices[at++ % choices.length] ?? 0, world)} }`
        const answer = await query(app, document, {}, { token })
        if (!answer.errors) answered++
        expect(JSON.stringify(answer)).not.toContain(MARK)
      },
    ),
    { numRuns: 150 },
  )
  // Most of what is asked must be within the limits, or the test would test nothing.
  expect(answered).toBeGreaterThan(50)
}, 60_000)

test('the very same questions show the tag to a viewer with code access', async () => {
  const world = await worldWithTags({ project: { visibility: 'private' } })
  const all = select(root('Release'), () => 0, world)
  const answer = await query(
    app,
    `{ release(id: "gid://gitlab/Release/${world.release.id}") { tagName name links { selfUrl } evidences { nodes { summary } } } }`,
    {},
    { token: world.tokens.reporter },
  )
  expect(all).toContain('tagName')
  expect(JSON.stringify(answer.data).split(MARK).length).toBeGreaterThan(4)
})
