import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import { schema } from '../../src/schema.ts'

/** A source of choices, which fast-check provides: one number per decision. */
export type Choose = () => number

export type RandomQuery = { query: string; variables: Record<string, unknown> }

/** The field where a query begins: its type, its name, and its arguments by name. */
export type Entry = {
  type: string
  field: string
  args: Record<string, unknown>
  /** A field below it, with its arguments, whose type it is then. */
  through?: string
}

/** Values for arguments and for `first`, by their names, that a curious viewer would give. */
type Given = Readonly<Record<string, unknown>>

const MAX_DEPTH = 7
const MAX_INTROSPECTION_DEPTH = 3
const MAX_FRAGMENT_DEPTH = 4
/** The writer adds fields below other fields until there are this many, because a query may cost 200. */
const MAX_FIELDS = 80
const PAGE_SIZE = 2

const objectType = (name: string): GraphQLObjectType => {
  const type = schema.getType(name)
  if (!isObjectType(type)) throw new Error(`${name} is no object type`)
  return type
}

/** Writes one query with fields by choice, under aliases, in nested fragments, and with arguments as texts or as variables. */
class Writer {
  readonly variables: Record<string, unknown> = {}
  readonly declarations: string[] = []
  readonly fragments: string[] = []
  readonly #choose: Choose
  readonly #given: Given
  #fields = 0

  constructor(choose: Choose, given: Given) {
    this.#choose = choose
    this.#given = given
  }

  #oneIn(count: number): boolean {
    // Smaller choices make smaller queries.
    return this.#choose() % count === count - 1
  }

  #argument({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>, value: unknown): string {
    if (!this.#oneIn(3)) return `${name}: ${JSON.stringify(value)}`
    const variable = `v${this.declarations.length}`
    this.declarations.push(`$${variable}: ${type}`)
    this.variables[variable] = value
    return `${name}: $${variable}`
  }

  #arguments({ args }: GraphQLField<unknown, unknown>): string | null {
    const required = args.filter(isRequiredArgument)
    if (required.some(({ name }) => this.#given[name] === undefined)) return null
    const given = required.map((argument) => this.#argument(argument, this.#given[argument.name]))
    for (const argument of args) {
      if (isRequiredArgument(argument) || argument.name === 'first' || !(argument.name in this.#given)) continue
      if (this.#oneIn(3)) given.push(this.#argument(argument, this.#given[argument.name]))
    }
    const first = args.find(({ name }) => name === 'first')
    if (first) given.push(this.#argument(first, this.#given.first ?? PAGE_SIZE))
    return given.length > 0 ? `(${given.join(', ')})` : ''
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string[] {
    const type = getNamedType(field.type)
    // Leaves are always asked for and objects by chance, because otherwise no query would stay within its limits.
    const unlikely = type.name.endsWith('Connection') ? 3 : 2
    const isFull = depth >= MAX_DEPTH || this.#fields >= MAX_FIELDS || !isObjectType(type)
    if (!isLeafType(type) && (isFull || !this.#oneIn(unlikely))) return []
    this.#fields += 1
    const args = this.#arguments(field)
    if (args === null) return []
    const below = isObjectType(type) ? ` ${this.select(type, depth + 1)}` : ''
    const alias = this.#oneIn(5) ? `a${this.#choose() % 3}_${field.name}: ` : ''
    return [`${alias}${field.name}${args}${below}`]
  }

  /** Puts some of the fields into a fragment, inline or with a name. One fragment may hold the next. */
  #wrap(type: GraphQLObjectType, fields: readonly string[], levels = MAX_FRAGMENT_DEPTH): string {
    if (fields.length === 0 || levels === 0 || !this.#oneIn(3)) return fields.join(' ')
    const at = this.#choose() % fields.length
    const [outside, inside] = [fields.slice(0, at), this.#wrap(type, fields.slice(at), levels - 1)]
    if (this.#oneIn(2)) return [...outside, `... on ${type.name} { ${inside} }`].join(' ')
    const name = `F${this.fragments.length}`
    this.fragments.push(`fragment ${name} on ${type.name} { ${inside} }`)
    return [...outside, `...${name}`].join(' ')
  }

  select(type: GraphQLObjectType, depth = 1): string {
    const fields = Object.values(type.getFields()).flatMap((field) => this.#field(field, depth))
    const typeName = this.#oneIn(2) ? 'kind: __typename' : '__typename'
    return `{ ${typeName} ${this.#wrap(type, fields)} }`
  }

  root({ type, field, args, through }: Entry): string {
    const definition = objectType('Query').getFields()[field]
    if (!definition) throw new Error(`there is no ${field}`)
    const given = definition.args.flatMap((one) => (one.name in args ? [this.#argument(one, args[one.name])] : []))
    const selection = this.select(objectType(type))
    const isInterface = !through && getNamedType(definition.type).name !== type
    const below = through ? `{ ${through} ${selection} }` : selection
    return `${field}${given.length > 0 ? `(${given.join(', ')})` : ''} ${isInterface ? `{ ... on ${type} ${selection} }` : below}`
  }

  introspection(): string {
    if (!this.#oneIn(2)) return ''
    const depth = MAX_DEPTH - MAX_INTROSPECTION_DEPTH
    const [name, type] = this.#oneIn(2) ? ['__schema', '__Schema'] : ['__type(name: "Release")', '__Type']
    return `${name} ${this.select(objectType(type), depth)}`
  }
}

/** A query for everything that may be asked below a field, and for the schema itself. */
export function randomQuery(entry: Entry, choose: Choose, given: Given): RandomQuery {
  const writer = new Writer(choose, given)
  const selection = `{ ${writer.root(entry)} ${writer.introspection()} }`
  const { declarations, fragments, variables } = writer
  const head = declarations.length > 0 ? `query (${declarations.join(', ')})` : 'query'
  return { query: [`${head} ${selection}`, ...fragments].join(' '), variables }
}
