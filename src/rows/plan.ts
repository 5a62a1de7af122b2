// A query reads only what its fields need of a row, and reads the children of the row in the same statement. Each field says in
// its options what it reads (`graphql/field-options.ts`). `planBelow` finds the fields in the query and makes the plan. A field
// that says nothing gets the whole row. A field itself loads what was not read along, so its answer is right wherever its row
// came from.
import { Prisma } from '../generated/prisma/client.ts'

/** What a query reads of a row. */
export type Plan = {
  /** Two plans with the same key read the same. */
  key: string
  /** The fields of the row that are read; null: all. */
  fields: ReadonlySet<string> | null
  cursors: boolean
  children: readonly Child[]
}

/** A child, or a list of children, that is read in the statement that reads the parent. */
export type Child = {
  /**
   * Names what is read, with the arguments and with everything that depends on the viewer. Children with the same key differ in
   * their plans only. They are read once, by a plan that has what each of them needs.
   */
  key: string
  plan: Plan
  /** Gives one JSON value for each row of the parent. The value is never null when the viewer may read it. */
  sqlOf: (plan: Plan) => Prisma.Sql
}

export function planOf({ fields, cursors, children }: Omit<Plan, 'key'>): Plan {
  const names = fields === null ? '*' : [...fields].sort().join()
  const below = children.map(({ key, plan }) => `${key} ${plan.key}`).join()
  return { key: `${names} ${cursors} (${below})`, fields, cursors, children }
}

export const wholeRow: Plan = planOf({ fields: null, cursors: true, children: [] })

/** Reads the id alone, which tells whether there is a row. */
export const idAlone: Plan = planOf({ fields: new Set(), cursors: false, children: [] })

function unionOf(one: Plan, other: Plan): Plan {
  const children = new Map<string, Child>()
  for (const each of [...one.children, ...other.children]) addChild(children, each)
  const fields = one.fields && other.fields && new Set([...one.fields, ...other.fields])
  return planOf({ fields, cursors: one.cursors || other.cursors, children: [...children.values()] })
}

/** Two fields of a query may ask for the same child with different plans. */
export function addChild(found: Map<string, Child>, added: Child): void {
  const known = found.get(added.key)
  found.set(added.key, known ? { ...added, plan: unionOf(known.plan, added.plan) } : added)
}

/** Each child has a column of its own, because JSON around all of them would be copied once more. */
type ChildColumn = `child${number}`

const columnOf = (at: number): ChildColumn => `child${at}`

/** The list that says which child is in which column. A symbol, because a row that is serialized must not take it along. */
const CHILDREN = Symbol('children')

/** A row as it was read, with the values of its children. */
type WithChildren = { [CHILDREN]?: readonly Child[]; [column: ChildColumn]: unknown }

/** A column for each child of the plan; begins with a comma. Where `when` is false, nothing is read and the column is null. */
export function childColumns({ children }: Plan, when?: Prisma.Sql): Prisma.Sql {
  if (children.length === 0) return Prisma.empty
  const columns = children.map(({ sqlOf, plan }, at) => {
    const value = when ? Prisma.sql`CASE WHEN ${when} THEN ${sqlOf(plan)} END` : sqlOf(plan)
    return Prisma.sql`${value} AS ${Prisma.raw(columnOf(at))}`
  })
  return Prisma.sql`, ${Prisma.join(columns)}`
}

/** Notes in the row which children were read along with it. */
export function noteChildren(row: object, { children }: Plan): void {
  if (children.length > 0) (row as WithChildren)[CHILDREN] = children
}

/** The child with this key that was read along with a row. Undefined when it was not read. */
export function valueOfChild(row: object, key: string): { value: unknown; plan: Plan } | undefined {
  const read = row as WithChildren
  const children = read[CHILDREN] ?? []
  const at = children.findIndex((child) => child.key === key)
  const child = children[at]
  const value = read[columnOf(at)] ?? null
  return child && value !== null ? { value, plan: child.plan } : undefined
}
