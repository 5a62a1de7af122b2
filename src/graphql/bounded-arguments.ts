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
import { isFormed, isStored, lengthProblem, maxCharacters, type TextName } from '../foundation/text-limits.ts'

/** The arguments whose text has another name in `text-limits.ts`. The name of an argument means the same in most places. */
const otherNames: Readonly<Record<string, TextName>> = {
  address: 'ref',
  after: 'cursor',
  before: 'cursor',
  cronTimezone: 'timeZone',
  defaultBranch: 'ref',
  // The stored path may be a slash longer or shorter than the argument, so `link-service` counts again.
  directAssetPath: 'filepath',
  fullPaths: 'fullPath',
  filePath: 'ref',
  freezeEnd: 'cron',
  freezeStart: 'cron',
  from: 'ref',
  groupPath: 'fullPath',
  id: 'globalId',
  ids: 'globalId',
  iid: 'number',
  key: 'name',
  value: 'secretValue',
  author: 'username',
  milestoneTitle: 'milestone',
  milestones: 'milestone',
  names: 'name',
  namespacePath: 'fullPath',
  parentPath: 'fullPath',
  programmingLanguageName: 'name',
  projectPath: 'fullPath',
  searchPattern: 'search',
  tagName: 'tag',
  tagPrefix: 'tag',
  text: 'markdown',
  title: 'name',
  to: 'ref',
  topics: 'name',
  usernames: 'username',
  version: 'tag',
  with: 'tag',
  'BranchCreateInput.name': 'tag',
  'ProjectImportInput.sourcePath': 'fullPath',
  'ProjectImportInput.token': 'sourceToken',
  'ReleaseCreateInput.name': 'releaseName',
  'ReleaseDraftUpdateInput.name': 'releaseName',
  'ReleaseUpdateInput.name': 'releaseName',
  'WebhookCreateInput.description': 'webhookDescription',
  'WebhookCreateInput.token': 'webhookToken',
  'WebhookUpdateInput.description': 'webhookDescription',
  'WebhookUpdateInput.token': 'webhookToken',
  'TagCreateInput.message': 'tagMessage',
  'TagCreateInput.name': 'tag',
  'TagDeleteInput.name': 'tag',
}

/** The declaration of these arguments tells their limit in bytes. */
const inBytes = new Set(['ProtectedTagCreateInput.name', 'ProtectedTagUpdateInput.name'])

type Input = GraphQLArgument | GraphQLInputField
type Check = (value: unknown, place: string) => void

const isText = (type: GraphQLInputType) => ['String', 'ID'].includes(getNamedType(type).name)

function textOf(owner: string, name: string): TextName {
  const text = otherNames[`${owner}.${name}`] ?? otherNames[name] ?? name
  if (text in maxCharacters) return text as TextName
  throw new Error(`${owner}.${name} is a text without a limit: name it in text-limits.ts`)
}

function tellLimit(owner: string, input: Input): void {
  if (!isText(input.type) || inBytes.has(`${owner}.${input.name}`)) return
  const each = isListType(getNullableType(input.type)) ? ' each' : ''
  const limit = maxCharacters[textOf(owner, input.name)].toLocaleString('en')
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
function checkOf(owner: string, { name, type }: Input, inInput: boolean): Check | null {
  const named = getNamedType(type)
  if (isInputObjectType(named)) {
    const check = checkAll(named.name, Object.values(named.getFields()), true)
    return check && ofEach(check)
  }
  if (!isText(type)) return null
  const text = textOf(owner, name)
  return isFormed(text) || (inInput && isStored(text)) ? null : ofEach(checkText(maxCharacters[text]))
}

function checkAll(owner: string, inputs: readonly Input[], inInput: boolean): Check | null {
  const checks = inputs.flatMap((input) => {
    const check = checkOf(owner, input, inInput)
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

export function assertAtMost(name: string, values: readonly unknown[] | null | undefined, most: number): void {
  if (values && values.length > most) throw invalid(`"${name}" takes at most ${most} values, but has ${values.length}`)
}
