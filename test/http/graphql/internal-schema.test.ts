import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  type GraphQLFieldMap,
  getIntrospectionQuery,
  type IntrospectionQuery,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { expect, test } from 'vitest'
import { internalSchema, schema } from '../../../src/schema.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'

const app = useApp()

type Field = { type: string; field: string; args: string }

const fieldsOf = (type: unknown): GraphQLFieldMap<unknown, unknown> => (isObjectType(type) ? type.getFields() : {})

/** Whatever a field needs: it is refused before its values are looked at. */
const givenArguments = (field: GraphQLFieldMap<unknown, unknown>[string]) => {
  const given = field.args.filter(isRequiredArgument).map(({ name }) => `${name}: 1`)
  return given.length > 0 ? `(${given.join(', ')})` : ''
}

const internalFields: Field[] = Object.values(internalSchema().getTypeMap())
  .filter(({ name }) => schema.getType(name) && !name.startsWith('__'))
  .flatMap((type) => {
    const served = fieldsOf(schema.getType(type.name))
    return Object.values(fieldsOf(type))
      .filter(({ name }) => !served[name])
      .map((field) => ({ type: type.name, field: field.name, args: givenArguments(field) }))
  })

const internalTypes = Object.keys(internalSchema().getTypeMap()).filter((name) => !schema.getType(name))

test('what only our own doors may ask is in internal.graphql', async () => {
  const { printInternal } = await import(new URL('../../../scripts/internal-sdl.mjs', import.meta.url).href)
  const file = readFileSync(new URL('../../../internal.graphql', import.meta.url), 'utf8')
  // After a change on purpose: npm run schema.
  expect(file).toBe(printInternal(internalSchema(), schema))
  expect(internalFields.length).toBeGreaterThan(20)
})

test('our own doors may ask everything that the outside may ask', () => {
  for (const type of Object.values(schema.getTypeMap())) {
    const known = internalSchema().getType(type.name)
    expect(known, type.name).toBeDefined()
    expect(Object.keys(fieldsOf(known)), type.name).toEqual(expect.arrayContaining(Object.keys(fieldsOf(type))))
  }
})

const textOf = ({ type, field, args }: Field) =>
  type === 'Query'
    ? `{ ${field}${args} { __typename } }`
    : `fragment F on ${type} { ${field}${args} } { __typename ...F }`

test.each(internalFields)('nobody outside can ask for the field $field of $type', async (field) => {
  const text = textOf(field)
  const sha256Hash = createHash('sha256').update(text).digest('hex')
  const extensions = { persistedQuery: { version: 1, sha256Hash } }
  const send = (body: unknown) =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const refusal = `Cannot query field \\"${field.field}\\" on type \\"${field.type}\\".`
  const get = await fetch(`${app.url}/graphql?${new URLSearchParams({ query: text })}`)
  for (const answer of [
    await send({ query: text }),
    get,
    await send([{ query: text }]),
    await send({ query: text, extensions }),
  ]) {
    expect(await answer.text()).toContain(refusal)
  }
  expect(await (await send({ extensions })).text()).toContain('PersistedQueryNotFound')
})

test('introspection shows nothing of it', async () => {
  const { data } = await query<IntrospectionQuery, object>(app, getIntrospectionQuery())
  const told = data.__schema.types.flatMap((type) =>
    'fields' in type && type.fields ? type.fields.map(({ name }) => `${type.name}.${name}`) : [type.name],
  )
  expect(told.filter((name) => internalFields.some(({ type, field }) => name === `${type}.${field}`))).toEqual([])
  expect(data.__schema.types.filter(({ name }) => internalTypes.includes(name))).toEqual([])
  const named = await query<{ __type: unknown }, object>(app, '{ __type(name: "ReleasePage") { name } }')
  expect(named.data.__type).toBeNull()
})

test('nothing is named by a suggestion that corrects the spelling', async () => {
  const served = new Set(Object.values(schema.getTypeMap()).flatMap((type) => Object.keys(fieldsOf(type))))
  for (const { field } of internalFields.filter(({ field }) => !served.has(field))) {
    const { errors } = await query(app, `{ ${field}x project(fullPath: "a/b") { ${field}x } }`)
    for (const { message } of errors ?? []) expect(message).not.toMatch(new RegExp(`"${field}"`))
  }
})
