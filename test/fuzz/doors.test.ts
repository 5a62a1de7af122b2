import { request } from 'node:http'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { fuzzTimeout, runs } from '../support/fuzz.ts'
import { createWorld, type World } from '../support/world.ts'
import { hostileJson, hostileText } from './hostile.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

/** Sends the path as it is written, because `fetch` would tidy it up. */
function statusOf(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url)
    const headers = { 'private-token': world.tokens.owner ?? '', accept: 'text/html' }
    request({ hostname, port, path, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
      .on('error', reject)
      .end()
  })
}

const segment = fc.oneof(
  hostileText.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom('%', '%2F', '%00', '..', '.', '%ff', '-', ''),
)
const area = fc.constantFrom(
  'releases',
  'archive',
  'evidence',
  'package_files',
  'releases.atom',
  'releases.json',
  'tags',
  'raw',
)

test(
  'no path of the web or of git is answered with an error of the server',
  async () => {
    const { fullPath } = world.project
    await fc.assert(
      fc.asyncProperty(fc.boolean(), area, fc.array(segment, { maxLength: 6 }), async (isGit, name, segments) => {
        const path = isGit ? `/${fullPath}.git/${segments.join('/')}` : `/${fullPath}/-/${name}/${segments.join('/')}`
        expect(await statusOf(path), path).toBeLessThan(500)
      }),
      runs(120),
    )
  },
  fuzzTimeout,
)

const ORDERS = [
  'RELEASED_AT_DESC',
  'RELEASED_AT_ASC',
  'CREATED_DESC',
  'CREATED_ASC',
  'SEMVER_DESC',
  'MILESTONE_RELEASES',
  '__proto__',
]
/** Times on both sides of what JavaScript and PostgreSQL can hold. */
const TIMES = [0, 8.64e15, -8.64e15, 8.64e15 + 1, 253_402_300_800_000, -62_167_219_200_001, -210_866_803_200_001, 0.5]
const IDS = [0, 1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53 - 1]

const encode = (position: readonly unknown[]) => Buffer.from(JSON.stringify(position)).toString('base64url')

/** A cursor that is right in every way but for its values. */
const position = fc.tuple(fc.constant('RELEASED_AT_DESC'), fc.constantFrom(...TIMES), fc.constantFrom(...IDS))
const anything = fc.tuple(fc.constantFrom(...ORDERS), fc.array(hostileJson, { maxLength: 3 }))
const cursor = fc.oneof(
  { weight: 3, arbitrary: position.map(encode) },
  { weight: 1, arbitrary: anything.map(([order, rest]) => encode([order, ...rest])) },
  { weight: 1, arbitrary: hostileText },
)

const LIST = `query ($path: ID!, $after: String, $before: String) {
  project(fullPath: $path) { releases(first: 2, after: $after, before: $before) { nodes { id } } milestones(after: $after) { nodes { id } } }
}`

test(
  'no cursor is answered with an internal error',
  async () => {
    await fc.assert(
      fc.asyncProperty(cursor, fc.option(cursor), async (after, before) => {
        const answer = await query(app, LIST, { path: world.project.fullPath, after, before })
        expect(answer.status).toBeLessThan(500)
        expect(JSON.stringify(answer), `${after} ${before}`).not.toContain('INTERNAL_SERVER_ERROR')
      }),
      runs(80),
    )
  },
  fuzzTimeout,
)

const CREATE = `mutation ($path: ID!, $tag: String!, $ref: String) {
  releaseCreate(input: { projectPath: $path, tagName: $tag, ref: $ref }) { errors release { tagName name links { selfUrl } } }
}`

test(
  'no name of a tag is answered with an internal error, and each name that is accepted is found again at its address',
  async () => {
    const token = world.tokens.owner
    await fc.assert(
      fc.asyncProperty(hostileText, fc.constantFrom('main', null), async (tag, ref) => {
        const answer = await query<{ releaseCreate: { release: { links: { selfUrl: string } } | null } | null }, never>(
          app,
          CREATE,
          { path: world.project.fullPath, tag, ref },
          { token },
        )
        expect(JSON.stringify(answer), tag).not.toContain('INTERNAL_SERVER_ERROR')
        const url = answer.data?.releaseCreate?.release?.links.selfUrl
        if (url) expect(await statusOf(new URL(url).pathname), url).toBe(200)
      }),
      runs(60),
    )
  },
  fuzzTimeout,
)
