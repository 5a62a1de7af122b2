// Single documents. Each would stop a server that starts to work before it checks the cost.
import { expect } from 'vitest'
import type { Answer, Attack } from './attack.ts'
import * as texts from './graphql-texts.ts'
import { asGet, batch, post, ways } from './graphql-texts.ts'
import { inTurn, send } from './wire.ts'

/** The statuses of an answer. A GET of a long document does not fit into a head, which gives 414 or 431. */
const ANSWERED = [200, 400, 413, 414, 429, 431]

const single = (name: string, query: string, more: Partial<Attack> = {}): Attack => ({
  name,
  send: inTurn(post({ query }), post({ query })),
  statuses: ANSWERED,
  ...more,
})

const everyWay = (name: string, query: string, more: Partial<Attack> = {}): Attack[] =>
  Object.entries(ways(query)).map(([way, sent]) => ({
    name: `${name}, ${way}`,
    send: sent,
    statuses: ANSWERED,
    ...more,
  }))

const refused = (answers: readonly Answer[]) => {
  for (const { body } of answers) expect(body).toContain('"errors"')
}

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const query = 'query ($a: ID!) { project(fullPath: $a) { id } }'
const withVariables = (variables: string) => ({
  ...post({}),
  body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
})

export const graphqlAttacks: readonly Attack[] = [
  ...everyWay('Fragments of introspection that ask for each other twenty times, five deep', texts.fragmentBomb(), {
    check: refused,
  }),
  ...everyWay('Fragments of the schema that ask for each other twenty times, six deep', texts.groupBomb()),
  {
    name: 'Fragments that ask for each other twenty times, with a wrong token: the token is looked at first',
    send: send(post({ query: texts.fragmentBomb() }, { headers: { 'private-token': 'wrong' } })),
    statuses: [401],
    ms: 500,
  },
  {
    name: 'Fragments that ask for each other twenty times, for somebody with an account',
    send: inTurn(...Array.from({ length: 3 }, () => post({ query: texts.fragmentBomb() }, { as: 'developer' }))),
    statuses: ANSWERED,
  },
  single('Fragments that ask for each other ten times, nine deep', texts.fragmentBomb(9, 10)),
  single('Fragments that ask for each other twice, 25 deep', texts.fragmentBomb(25, 2)),
  single('Inline fragments in each other, 200 deep', texts.inlineFragmentBomb),
  single('Fragments in a circle', texts.fragmentCycle, { check: refused }),
  single('300 fragments, each used', texts.manyFragments),
  single('One field written 500 times, which must be compared pair by pair', texts.overlappingFields),

  ...everyWay('Introspection of all types under 150 aliases', texts.introspectionAliases),
  single('Introspection of one type under 150 aliases', texts.typeAliases),
  single('200 projects under aliases', texts.projectAliases),
  single('A name under 700 aliases', texts.aliasFlood('demo/waybill')),

  ...everyWay('A selection 3,300 levels deep', texts.deepSelection),
  single('A list 3,300 levels deep that is not closed', texts.deepList),
  single('An object 2,400 levels deep', texts.deepObject),
  single('A variable whose type is 4,000 lists deep', texts.deepVariableType),
  single('Braces that are never closed', texts.unclosed),

  single('A field name of 9,900 characters', texts.longName),
  single('A text of 9,900 characters', texts.longString),
  single('A block text of 3,000 lines', texts.longBlockString),
  single('4,900 fields that do not exist', texts.manyTokens),
  single('9,900 commas', texts.manyCommas),
  single('4,900 comments', texts.manyComments),
  single('550 directives on a field', texts.manyDirectives),
  single('4,900 directives that do not exist', texts.unknownDirectives),
  single('600 operations in a document', texts.manyOperations),
  single('800 variables', texts.manyVariables),
  single('1,200 arguments that do not exist', texts.manyArguments),
  single('A query of 9,000,000 spaces', texts.tooLong, { statuses: [200, 400, 413] }),

  {
    name: 'A variable of 9,000,000 characters',
    send: send(post({ query, variables: { a: 'a'.repeat(9_000_000) } })),
    statuses: [200, 400, 413],
  },
  {
    name: 'A variable nested 1,000,000 levels deep',
    send: send(withVariables(`{"a":${nested(1_000_000)}}`)),
    statuses: ANSWERED,
  },
  {
    name: 'A variable nested 4,000 levels deep',
    send: inTurn(withVariables(`{"a":${nested(4_000)}}`), withVariables(`{"a":${nested(4_000)}}`)),
    statuses: ANSWERED,
  },
  {
    name: '500,000 variables that nobody declared',
    send: send(withVariables(`{${Array.from({ length: 500_000 }, (_, n) => `"v${n}":1`).join()},"a":"x"}`)),
    statuses: [200, 400, 413],
  },
  {
    name: 'Variables named as what every object has',
    send: inTurn(withVariables('{"__proto__":{"a":"x"},"constructor":1,"a":"x"}'), withVariables('{"__proto__":null}')),
    statuses: ANSWERED,
  },
  { name: 'An empty batch', send: send({ ...post([]) }), statuses: [400] },
  { name: 'A batch of 5,000', send: send(batch('{ __typename }', 5_000)), statuses: [400, 413] },
  { name: 'A batch in a batch', send: send(post([[{ query: '{ __typename }' }]])), statuses: [200, 400] },
  {
    name: 'A batch of ten introspections of 150 aliases, five at a time',
    send: send(...Array.from({ length: 5 }, () => batch(texts.introspectionAliases))),
    statuses: ANSWERED,
    ms: 3_000,
  },
  {
    name: 'A mutation by GET',
    send: send(asGet('mutation { tokenRevoke { errors } }', { as: 'owner' })),
    statuses: [400, 405],
  },
]
