// The server reads only the columns of a row that a query needs. A field that uses more columns than it declares would give
// another value alone than from a whole row, which `release(id)` reads.
import { getNamedType, isLeafType, isObjectType, isRequiredArgument } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from '../../src/schema.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../support/world.ts'

const app = useApp()

/** The types that belong to a release. Of projects and groups the test reads only the objects themselves. */
const WITHIN =
  /^(Release|ReleaseAssets|ReleaseAssetLink|ReleaseEvidence|ReleaseLinks|ReleaseSource|Commit|UserCore|Milestone|MilestoneStats|PageInfo|\w+Edge|\w+Connection)$/
/** A milestone has releases, and a release has neighbours, which would lead back to where the test began. */
const isWithin = (parent: string, name: string) =>
  WITHIN.test(name) &&
  !(parent === 'Milestone' && /Release/.test(name)) &&
  !(parent === 'Release' && name === 'Release')

type Path = readonly string[]

/** The path of each field without fields below it. */
function leavesOf(typeName: string): Path[] {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) throw new Error(`No object type ${typeName}`)
  return Object.values(type.getFields()).flatMap((field): Path[] => {
    const below = getNamedType(field.type)
    // A row is the same below `edges` and below `nodes`, so one of them is enough.
    if (field.args.some(isRequiredArgument) || (field.name === 'node' && typeName.endsWith('Edge'))) return []
    if (isLeafType(below)) return [[field.name]]
    return isWithin(typeName, below.name) ? leavesOf(below.name).map((path) => [field.name, ...path]) : []
  })
}

const textOf = (path: Path) => path.reduceRight((below, field) => (below ? `${field} { ${below} }` : field), '')

const leaves = leavesOf('Release')
const AT_ONCE = 8

const entries: [name: string, viewer: ViewerName, open: boolean, (world: World) => string][] = [
  ['a page of an open project', 'anonymous', true, projectReleases],
  ['one release of an open project', 'anonymous', true, oneRelease],
  ['a page of a private project', 'developer', false, projectReleases],
  ['a page of a private project', 'guest', false, projectReleases],
  ['one release of a private project', 'developer', false, oneRelease],
  ['a page of a group', 'owner', false, groupReleases],
]

function projectReleases({ project }: World) {
  return `project(fullPath: "${project.fullPath}") { releases { nodes { FIELDS } } }`
}
function oneRelease({ project, release }: World) {
  return `project(fullPath: "${project.fullPath}") { release(tagName: "${release.tag}") { FIELDS } }`
}
function groupReleases({ group }: World) {
  return `group(fullPath: "${group.fullPath}") { releases { nodes { FIELDS } } }`
}
const wholeRelease = ({ release }: World) => `release(id: "gid://gitlab/Release/${release.id}") { FIELDS }`

/** The release, wherever it stands in the answer. */
function releaseIn(data: Record<string, Record<string, unknown>>): unknown {
  const owner = data.project ?? data.group
  const found = owner ? (owner.release ?? (owner.releases as { nodes: unknown[] }).nodes[0]) : data.release
  expect(found).toBeTruthy()
  return found
}

async function worldOf(open: boolean): Promise<World> {
  const world = await createWorld(app, { project: { visibility: open ? 'public' : 'private' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  return world
}

async function ask(
  { tokens }: World,
  viewer: ViewerName,
  text: string,
): Promise<Record<string, Record<string, unknown>>> {
  const { data, errors } = await query(app, `{ ${text} }`, {}, { token: tokens[viewer] })
  expect(errors).toBeUndefined()
  return data as Record<string, Record<string, unknown>>
}

/** All fields of the release, asked for a few at a time: a query has a bound. */
async function wholeOf(world: World, viewer: ViewerName): Promise<unknown[]> {
  const parts: unknown[] = []
  for (let at = 0; at < leaves.length; at += AT_ONCE) {
    const text = leaves
      .slice(at, at + AT_ONCE)
      .map(textOf)
      .join(' ')
    parts.push(releaseIn(await ask(world, viewer, wholeRelease(world).replace('FIELDS', text))))
  }
  return parts
}

/** What the answer for this field alone would hold. */
function partOf(whole: readonly unknown[], leaf: Path): unknown {
  const pick = (value: unknown, [field = '', ...below]: Path): unknown => {
    if (field === '' || value === null) return value
    if (Array.isArray(value)) return value.map((each) => pick(each, [field, ...below]))
    return { [field]: pick((value as Record<string, unknown>)[field], below) }
  }
  return pick(whole[Math.floor(leaves.indexOf(leaf) / AT_ONCE)], leaf)
}

describe('a field that a query asks for alone', () => {
  test.each(entries)(
    'a field of %s gives %s the same value alone as it gives among all fields',
    { timeout: 30_000 },
    async (_name, viewer, open, entry) => {
      const world = await worldOf(open)
      const answer = async (from: (world: World) => string, field: Path) =>
        releaseIn(await ask(world, viewer, from(world).replace('FIELDS', textOf(field))))
      const whole = await wholeOf(world, viewer)
      for (const leaf of leaves) {
        expect({ [leaf.join('.')]: await answer(entry, leaf) }).toEqual({ [leaf.join('.')]: partOf(whole, leaf) })
      }
    },
  )
})

test('a list that one query asks for twice gives each time the fields asked for there', async () => {
  const world = await worldOf(true)
  const fields = `
    names: assets { links { nodes { name } } } paths: assets { links { nodes { directAssetPath } edges { cursor } } }
    milestones { nodes { title } } same: milestones { nodes { stats { totalIssuesCount } } }`
  const releases = `a: releases(first: 2) { nodes { ${fields} } } b: releases(first: 2) { nodes { name author { username } } }`
  const { developer } = world.users
  expect(await ask(world, 'anonymous', `project(fullPath: "${world.project.fullPath}") { ${releases} }`)).toMatchObject(
    {
      project: {
        a: {
          nodes: [
            {
              names: { links: { nodes: [{ name: 'handbook' }, { name: 'binary' }] } },
              paths: { links: { nodes: [{ directAssetPath: null }, { directAssetPath: '/bin/linux' }] } },
              milestones: { nodes: [{ title: expect.any(String) }] },
              same: { nodes: [{ stats: { totalIssuesCount: 2 } }] },
            },
          ],
        },
        b: { nodes: [{ name: 'First light', author: { username: developer.username } }] },
      },
    },
  )
})
