// A session from a token that only reads.
import { getNamedType } from 'graphql'
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { schema } from '../../../src/schema.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { mutationInputs } from '../../support/mutation-inputs.ts'
import { snapshot } from '../../support/snapshot.ts'
import { createWorld, type World } from '../../support/world.ts'
import { cookieOf, FROM_HERE, formTokenOf, post, signIn } from './browser.ts'

const app = useApp({ rateLimits: null })

let world: World
let cookie: string
beforeAll(async () => {
  world = await createWorld(app)
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  cookie = await signIn(app, await create.tokenFor(world.users.owner, ['read_api']))
})

const written = async () => [
  await snapshot(app, world.project.id),
  await db.auditEvent.count(),
  await db.session.count(),
]

test.each(Object.keys(schema.getMutationType()?.getFields() ?? {}))('makes no %s', async (name) => {
  const type = getNamedType(schema.getMutationType()?.getFields()[name]?.args[0]?.type)
  const input = await mutationInputs[name]?.(world)
  const before = await written()
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
  const { errors } = await query(app, document, { input }, { headers: { cookie, ...FROM_HERE } })
  expect(errors?.map(({ message }) => message)).toEqual([expect.stringContaining('may only read')])
  expect(await written()).toEqual(before)
})

test('signs out', async () => {
  const form = { form_token: await formTokenOf(app, cookie) }
  const response = await post(app, '/-/sign-out', { form, headers: { cookie, ...FROM_HERE } })
  expect([response.status, cookieOf(response)]).toEqual([303, 'waybill_session='])
})
