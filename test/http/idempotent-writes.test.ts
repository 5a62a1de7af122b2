// Every write of the schema and of the REST API takes an Idempotency-Key, and a repeated one is answered with what was made.
import { getNamedType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { schema } from '../../src/schema.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutationInputs } from '../support/mutation-inputs.ts'
import { createWorld, type World } from '../support/world.ts'
import { endpointRequests } from './pipelines/endpoint-requests.ts'
import { type RestOptions, rest } from './rest/client.ts'

const app = useApp()

async function ownedWorld(): Promise<World> {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  return world
}

const mutations = Object.entries(mutationInputs)
const drafts: typeof mutations = [
  ['releaseCreate', async ({ project }) => ({ projectPath: project.fullPath, tagName: 'v4.0.0', draft: true })],
]

describe('a mutation with an Idempotency-Key', () => {
  test.each([...mutations, ...drafts])(
    '%s is made, and its repetition gets the same answer',
    async (name, inputFor) => {
      const world = await ownedWorld()
      const input = await inputFor(world)
      const type = getNamedType(schema.getMutationType()?.getFields()[name]?.args[0]?.type)
      const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
      const send = async () => {
        const headers = { 'idempotency-key': 'k' }
        const { data, errors } = await query(app, document, { input }, { token: world.tokens.owner, headers })
        return { data, errors }
      }
      const first = await send()
      expect(first).toEqual({ data: { [name]: { errors: [] } }, errors: undefined })
      expect(await send()).toEqual(first)
    },
  )
})

/** A file that is put again at its path is the same file, so it needs no key. */
const requests = Object.entries(endpointRequests).filter(([route]) => !/^put .*:file_name$/.test(route))
const draftRequest: typeof requests = [
  [
    'post /projects/:id/releases',
    async ({ project }) => ({
      path: `/projects/${project.id}/releases`,
      json: { tag_name: 'v4.0.0', draft: true },
    }),
  ],
]

describe('a REST write with an Idempotency-Key', () => {
  test.each([...requests, ...draftRequest])(
    '%s is made, and its repetition gets the same answer',
    async (route, requestFor) => {
      const world = await ownedWorld()
      const { path, ...options } = await requestFor(world, app)
      const method = route.split(' ', 1)[0]?.toUpperCase() ?? ''
      const send = () => {
        const headers = { 'idempotency-key': 'k' }
        return rest(app, method, path, { token: world.tokens.owner, headers, ...options } as RestOptions)
      }
      const first = await send()
      expect(first.status).toBeLessThan(400)
      const second = await send()
      expect([second.status, second.body]).toEqual([first.status, first.body])
      expect(second.headers.get('idempotency-replayed')).toBe('true')
    },
  )
})
