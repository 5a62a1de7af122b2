// prisma/queries shows reviewers the SQL of each query. `npm run sql` writes it, and this test compares it with what the server
// sends.
import { mkdir, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { settings } from '../../src/database/open-client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import type { World } from '../support/world.ts'
import { others, places, selectionsOf, sorts } from './documents.ts'
import { type Printed, printAll } from './print.ts'
import { listOf, lists, ownedWorld, referencesOf, WRITES, writeOf } from './requests.ts'
import { ROWS } from './rows.ts'

const app = useApp()
const folder = fileURLToPath(new URL('../../prisma/queries', import.meta.url))

/** Statements that name themselves. All others are written by Prisma's client. */
const NAMED = /^\s*\w+ \/\* \S+ \*\/ /

async function openClient(): Promise<Client> {
  const client = new Client(app.databaseUrl)
  await client.connect()
  // Without this, PostgreSQL would read small tables as a whole, whatever indexes they have.
  for (const [name, value] of Object.entries({ ...settings, enable_seqscan: 'off' }))
    await client.query(`SET ${name} = '${value}'`)
  return client
}

async function variablesOf({ project, group, release }: World) {
  const milestone = await create.createMilestone({ projectId: project.id })
  return {
    ...{
      project: project.fullPath,
      group: group.fullPath,
      tag: release.tag,
      groupId: `gid://gitlab/Group/${group.id}`,
    },
    ...{ release: `gid://gitlab/Release/${release.id}`, milestone: `gid://gitlab/Milestone/${milestone.id}` },
  }
}

const TYPES = {
  project: 'ID!',
  group: 'ID!',
  groupId: 'ID!',
  tag: 'String!',
  release: 'ReleaseID!',
  milestone: 'MilestoneID!',
}

/** A document with this selection, which declares the variables that the selection uses. */
function documentOf(selection: string): string {
  const used = Object.entries(TYPES).filter(([name]) => new RegExp(`\\$${name}\\b`).test(selection))
  if (used.length === 0) return `{ ${selection} }`
  return `query (${used.map(([name, type]) => `$${name}: ${type}`).join(', ')}) { ${selection} }`
}

const asked = [
  ...places.flatMap(({ module, title, type, place }) =>
    selectionsOf(type).map(([what, fields]) => ({
      module,
      title: `${title}: ${what}`,
      selection: place.replace('FIELDS', fields),
    })),
  ),
  ...sorts.map(({ name }) => ({
    ...{ module: 'releases', title: `The releases of a project, by ${name}` },
    selection: `project(fullPath: $project) { releases(sort: ${name}) { nodes { __typename } } }`,
  })),
  ...others.map(({ document, ...other }) => ({ ...other, selection: document })),
]

const named = async (run: () => Promise<unknown>) => (await app.statementsOf(run)).filter((text) => NAMED.test(text))

async function printQueries(world: World): Promise<Printed[]> {
  const variables = await variablesOf(world)
  const printed: Printed[] = []
  for (const viewer of ['owner', 'guest'] as const) {
    for (const { module, title, selection } of asked) {
      // For a Guest the server reads less along with a row, so other statements are sent.
      const statements = await named(async () => {
        const { errors } = await query(app, documentOf(selection), variables, { token: world.tokens[viewer] })
        expect(errors, selection).toBeUndefined()
      })
      printed.push({ module, title: viewer === 'guest' ? `${title}, for a Guest` : title, statements })
    }
  }
  return printed
}

async function printRequests(world: World): Promise<Printed[]> {
  const printed: Printed[] = []
  for (const path of lists) {
    printed.push({ module: 'rest', title: `GET ${path}`, statements: await named(listOf(app, world, path)) })
  }
  for (const name of WRITES) {
    printed.push({ module: 'writes', title: name, statements: await named(await writeOf(app, name)) })
  }
  const references = await named(await referencesOf(app, world))
  printed.push({ module: 'notes', title: 'References in notes', statements: references })
  return printed
}

test('prisma/queries has the SQL that is sent for each kind of row, and no other file', async () => {
  const world = await ownedWorld(app)
  const client = await openClient()
  try {
    await client.query(ROWS)
    const files = await printAll(client, [...(await printQueries(world)), ...(await printRequests(world))])
    await mkdir(folder, { recursive: true })
    const names = new Set([...files.keys()].map((module) => `${module}.sql`))
    expect((await readdir(folder)).filter((name) => !names.has(name))).toEqual([])
    for (const [module, text] of files) await expect(text).toMatchFileSnapshot(`${folder}/${module}.sql`)
  } finally {
    await client.end()
  }
}, 120_000)
