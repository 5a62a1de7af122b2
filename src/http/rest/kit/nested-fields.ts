import { badRequest } from './rest-errors.ts'

/** The fields of the path, the query and the body. They have no prototype, because clients choose the names. */
export type Fields = { [name: string]: unknown }

const emptyFields = (): Fields => Object.create(null)

/** The most levels below the first. */
export const MAX_DEPTH = 10
const MAX_NAME_CHARACTERS = 1000

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Splits `a[b][][c]` into a, b, '' and c. */
function segmentsOf(name: string): [string, ...string[]] {
  if (name.length > MAX_NAME_CHARACTERS) {
    throw badRequest(`${name.slice(0, 100)} is invalid: a name has at most ${MAX_NAME_CHARACTERS} characters`)
  }
  const [, first = name, brackets = ''] = /^([^[]+)((?:\[[^\]]*\])*)$/.exec(name) ?? []
  const inner = [...brackets.matchAll(/\[([^\]]*)\]/g)].map(([, segment = '']) => segment)
  if (inner.length > MAX_DEPTH) {
    throw badRequest(`${name.slice(0, 100)} is invalid: at most ${MAX_DEPTH} levels are allowed`)
  }
  return [first, ...inner]
}

function holds(fields: Fields, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined || !(name in fields) || rest[0] === '') return false
  const value = fields[name]
  return rest.length === 0 || (isFields(value) && holds(value, rest))
}

function insert(fields: Fields, [name, ...rest]: [string, ...string[]], value: unknown): void {
  const [next, ...last] = rest
  if (next === undefined) {
    fields[name] = value
    return
  }
  fields[name] ??= next === '' ? [] : emptyFields()
  const child = fields[name]
  if (next === '' ? !Array.isArray(child) : !isFields(child)) throw badRequest(`${name.slice(0, 100)} is invalid`)
  if (Array.isArray(child)) append(child, last, value)
  else insert(child as Fields, [next, ...last], value)
}

/** Adds a field to the last element of the list. Begins a new element when the last element already has the field. */
function append(list: unknown[], [name, ...rest]: readonly string[], value: unknown): void {
  if (name === undefined) {
    list.push(value)
    return
  }
  const last = list.at(-1)
  const element = isFields(last) && !holds(last, [name, ...rest]) ? last : emptyFields()
  insert(element, [name, ...rest], value)
  if (element !== last) list.push(element)
}

/** Reads nested names such as `a[b][][c]=d`, which clients of Rails servers send in queries and forms. */
export function nestFields(pairs: Iterable<[string, unknown]>): Fields {
  const fields = emptyFields()
  for (const [name, value] of pairs) insert(fields, segmentsOf(name), value)
  return fields
}
