// Limits the length of each text in the input of the GraphQL schema. Descriptions tell the limit, and a longer text is refused
// before its field is resolved.
import {
  type GraphQLArgument,
  type GraphQLFieldResolver,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql'
import { invalid } from '../foundation/errors.ts'
import { lengthProblem, maxCharacters as max } from '../foundation/text-limits.ts'

/** The limits by name, because an argument's name means the same everywhere. */
const limits: Readonly<Record<string, number>> = {
  after: max.cursor,
  avatarUrl: max.avatarUrl,
  before: max.cursor,
  clientMutationId: max.clientMutationId,
  cronTimezone: max.timeZone,
  description: max.description,
  // The stored path may be a slash longer or shorter than the argument, so `link-service` counts again.
  directAssetPath: max.filepath,
  freezeEnd: max.cron,
  freezeStart: max.cron,
  fullPath: max.fullPath,
  groupPath: max.fullPath,
  id: max.globalId,
  ids: max.globalId,
  iid: max.number,
  milestone: max.name,
  milestones: max.name,
  name: max.name,
  parentPath: max.fullPath,
  path: max.path,
  projectPath: max.fullPath,
  ref: max.ref,
  tagMessage: max.tagMessage,
  tagName: max.tag,
  title: max.name,
  url: max.url,
  username: max.name,
}

/** The limits of arguments whose name means something else. */
const exceptions: Readonly<Record<string, number>> = {
  'ReleaseCreateInput.name': max.releaseName,
  'ReleaseUpdateInput.name': max.releaseName,
}

/** The declaration of these arguments tells their limit in bytes. */
const inBytes = new Set(['ProtectedTagCreateInput.name', 'ProtectedTagUpdateInput.name'])

/** Cursors and IDs have a form, so the code that parses them refuses long ones. */
const haveForm = new Set(['after', 'before', 'id', 'ids'])

/** The texts of an input that are stored. The use case checks their length together with its other rules. */
const areStored = new Set([
  'avatarUrl',
  'cronTimezone',
  'description',
  'directAssetPath',
  'freezeEnd',
  'freezeStart',
  'name',
  'path',
  'tagMessage',
  'title',
  'url',
])

type Input = GraphQLArgument | GraphQLInputField
type Check = (value: unknown, place: string) => void

const isText = (type: GraphQLInputType) => ['String', 'ID'].includes(getNamedType(type).name)

function limitOf(owner: string, name: string): number {
  const limit = exceptions[`${owner}.${name}`] ?? limits[name]
  if (limit === undefined)
    throw new Error(`${owner}.${name} is a text without a limit: name one in bounded-arguments.ts`)
  return limit
}

function tellLimit(owner: string, input: Input): void {
  if (!isText(input.type) || inBytes.has(`${owner}.${input.name}`)) return
  const each = isListType(getNullableType(input.type)) ? ' each' : ''
  const limit = limitOf(owner, input.name).toLocaleString('en')
  input.description = `${input.description ?? ''} At most ${limit} characters${each}.`.trim()
}

const ofEach =
  (check: Check): Check =>
  (value, place) => {
    if (Array.isArray(value)) for (const item of value) check(item, place)
    else check(value, place)
  }

function checkText(limit: number): Check {
  return (value, place) => {
    const problem = typeof value === 'string' ? lengthProblem(limit, value) : null
    if (problem) throw invalid(`"${place}" ${problem}`)
  }
}

/** Null when nothing has to be checked. */
function checkOf(owner: string, { name, type }: Input, isStored: boolean): Check | null {
  const named = getNamedType(type)
  if (isInputObjectType(named)) {
    const check = checkAll(named.name, Object.values(named.getFields()), true)
    return check && ofEach(check)
  }
  if (!isText(type) || haveForm.has(name) || (isStored && areStored.has(name))) return null
  return ofEach(checkText(limitOf(owner, name)))
}

function checkAll(owner: string, inputs: readonly Input[], isStored: boolean): Check | null {
  const checks = inputs.flatMap((input) => {
    const check = checkOf(owner, input, isStored)
    return check ? [[input.name, check] as const] : []
  })
  if (checks.length === 0) return null
  return (value) => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, check] of checks) check((value as Record<string, unknown>)[name], name)
  }
}

type Resolver = GraphQLFieldResolver<unknown, unknown>

const checked =
  (check: Check, resolve: Resolver): Resolver =>
  (source, args, context, info) => {
    check(args, '')
    return resolve(source, args, context, info)
  }

/** Adds the checks to the schema. Throws when a text has no limit. */
export function withBoundedArguments(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) tellLimit(type.name, field)
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      for (const arg of field.args) tellLimit(`${type.name}.${field.name}`, arg)
      const check = checkAll(`${type.name}.${field.name}`, field.args, false)
      if (check && field.subscribe) field.subscribe = checked(check, field.subscribe)
      else if (check && field.resolve) field.resolve = checked(check, field.resolve)
    }
  }
  return schema
}
