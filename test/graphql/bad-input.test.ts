import {
  type GraphQLInputField,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
} from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { schema } from '../../src/schema.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { mutationInputs } from '../support/mutation-inputs.ts'
import { snapshot } from '../support/snapshot.ts'
import { createWorld, type ViewerName, type World } from '../support/world.ts'

const app = useApp()

type Input = Record<string, unknown>

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => {
  const input = getNamedType(field.args.find(({ name }) => name === 'input')?.type)
  if (!isInputObjectType(input)) throw new Error(`${field.name} takes no input`)
  const fields = Object.values(input.getFields()).filter(({ name }) => name !== 'clientMutationId')
  return { name: field.name, inputType: input.name, fields }
})

let world: World
let other: World

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, repository: { tags: ['v1.0.0', 'bare'] } })
  other = await createWorld(app, { project: { visibility: 'private' } })
})

async function send(mutation: { name: string; inputType: string }, input: Input, viewer: ViewerName = 'owner') {
  const document = `mutation ($input: ${mutation.inputType}!) { ${mutation.name}(input: $input) { errors } }`
  const answer = await query(app, document, { input }, { token: world.tokens[viewer] })
  for (const { extensions } of answer.errors ?? []) expect(extensions?.code).toEqual(expect.stringMatching(/^[A-Z_]+$/))
  const payload = (answer.data as Record<string, { errors: string[] } | null> | undefined)?.[mutation.name]
  return [...(answer.errors ?? []).map(({ message }) => message), ...(payload?.errors ?? [])]
}

/** The snapshot after the last refusal, as long as nothing else is written. */
let unchanged: Awaited<ReturnType<typeof snapshot>> | null = null

/** Builds an input. This may write the rows that the input refers to. */
async function inputFor(name: string, of: World): Promise<Input> {
  const input = (await mutationInputs[name]?.(of)) ?? {}
  unchanged = null
  return input
}

/** Sends an input that must be refused: with a message that is no internal error, within a second, and with nothing changed. */
async function expectRefusal(mutation: { name: string; inputType: string }, input: Input, viewer?: ViewerName) {
  const before = unchanged ?? (await snapshot(app, world.project.id))
  const started = performance.now()
  const messages = await send(mutation, input, viewer)
  const elapsed = performance.now() - started
  expect(messages).not.toEqual([])
  expect(messages.join()).not.toMatch(/internal server error|undefined|\[object/i)
  expect(elapsed).toBeLessThan(1000)
  unchanged = await snapshot(app, world.project.id)
  expect(unchanged).toEqual(before)
}

const TOO_LONG = 'x'.repeat(1_000_001)

/** Values that no argument of this type takes. */
function wrongValues(field: GraphQLInputField): [string, unknown][] {
  const type = getNullableType(field.type)
  const named = getNamedType(field.type)
  const wrap = (value: unknown) => (isListType(type) ? [value] : value)
  if (isInputObjectType(named))
    return [
      ['a text', wrap('x')],
      ['an unknown field', wrap({ nonsense: 1 })],
    ]
  if (isEnumType(named))
    return [
      ['an unknown value', wrap('NONSENSE')],
      ['a number', wrap(1)],
      ['nothing', wrap('')],
    ]
  if (named.name === 'Int' || named.name === 'Boolean')
    return [
      ['a text', wrap('x')],
      ['an object', wrap({})],
    ]
  const always: [string, unknown][] = [
    ['an object', wrap({})],
    ['a NUL byte', wrap('a\u0000b')],
    ['half a character', wrap('a\ud800')],
    ['too long', wrap(TOO_LONG)],
  ]
  return [
    ...always,
    ['nothing', wrap('')],
    ...(named.name === 'ID' ? [] : ([['a number', wrap(1)]] as [string, unknown][])),
  ]
}

/** Values that the contract takes for this field and refuses elsewhere. */
const fine: Record<string, readonly string[]> = {
  'releaseCreate.name': ['nothing'],
  'releaseCreate.description': ['nothing'],
  'releaseCreate.tagMessage': ['nothing'],
  'releaseUpdate.name': ['nothing'],
  ...Object.fromEntries(
    ['name', 'description', 'tagMessage', 'ref'].map((text) => [`releaseDraftUpdate.${text}`, ['nothing']]),
  ),
  'tagCreate.message': ['nothing'],
  'releaseUpdate.description': ['nothing'],
  ...Object.fromEntries(
    ['group', 'project', 'milestone', 'issue'].flatMap((noun) => [
      [`${noun}Create.description`, ['nothing']],
      [`${noun}Update.description`, ['nothing']],
    ]),
  ),
  ...Object.fromEntries(
    ['webhookCreate', 'webhookUpdate'].flatMap((name) =>
      ['name', 'description', 'template', 'token', 'signingToken', 'branchFilter'].map((text) => [
        `${name}.${text}`,
        ['nothing'],
      ]),
    ),
  ),
}

/** Mutations that viewers without a role in the project may send as well. */
const openTo: Record<string, readonly ViewerName[]> = {
  issueCreate: ['guest'],
  accessTokenCreate: ['guest', 'stranger'],
  userUpdate: ['guest', 'stranger'],
  sessionRevokeAll: ['guest', 'stranger'],
  notificationSettingUpdate: ['guest'],
}

/** Mutations about accounts, not about a project. */
const ownAffairs = ['accessTokenCreate', 'sessionRevokeAll', 'userUpdate', 'userBlock', 'userUnblock', 'userDelete']

test('the test has a working input to spoil for every mutation', () => {
  expect(mutations.map(({ name }) => name).filter((name) => !mutationInputs[name])).toEqual([])
})

describe.each(mutations)('$name', (mutation) => {
  let built: Promise<Input> | undefined
  const valid = () => {
    built ??= inputFor(mutation.name, world)
    return built
  }

  const cases = mutation.fields.flatMap((field) =>
    wrongValues(field)
      .filter(([what]) => !fine[`${mutation.name}.${field.name}`]?.includes(what))
      .map(([what, value]) => [field.name, what, value] as const),
  )

  test.each(cases)('refuses %s that is %s', async (name, _what, value) => {
    await expectRefusal(mutation, { ...(await valid()), [name]: value })
  })

  test.each(mutation.fields.filter(isRequiredInputField).map(({ name }) => name))(
    'refuses an input without %s',
    async (name) => {
      const { [name]: _left, ...rest } = await valid()
      await expectRefusal(mutation, rest)
      await expectRefusal(mutation, { ...rest, [name]: null })
    },
  )

  test('refuses an argument that it does not have', async () => {
    await expectRefusal(mutation, { ...(await valid()), nonsense: 1 })
  })

  test('refuses a guest, a stranger and nobody', async () => {
    const input = await valid()
    for (const viewer of ['guest', 'stranger', 'anonymous'] as const) {
      if (!openTo[mutation.name]?.includes(viewer)) await expectRefusal(mutation, input, viewer)
    }
  })

  if (!ownAffairs.includes(mutation.name)) {
    test('refuses the ID of something in a project that the viewer does not know', async () => {
      // Some inputs need an administrator, who knows every project.
      await db.user.update({ where: { id: world.users.owner.id }, data: { admin: false } })
      const input = await inputFor(mutation.name, other)
      await expectRefusal(mutation, input)
    })
  }
})

test('every mutation takes its working input and echoes the clientMutationId', async () => {
  for (const mutation of mutations) {
    const fresh = await createWorld(app, { repository: { tags: ['v1.0.0', 'bare'] } })
    const input = (await mutationInputs[mutation.name]?.(fresh)) ?? {}
    const fields = '{ errors clientMutationId }'
    const document = `mutation ($input: ${mutation.inputType}!) { ${mutation.name}(input: $input) ${fields} }`
    const variables = { input: { ...input, clientMutationId: mutation.name } }
    const { data, errors } = await query(app, document, variables, { token: fresh.tokens.owner })
    const payload = { errors: [], clientMutationId: mutation.name }
    expect([errors, data]).toEqual([undefined, { [mutation.name]: payload }])
  }
  expect(await db.release.count()).toBeGreaterThan(2)
}, 60_000)
