// A query reads of a row what its fields name, and reads the children of the row in the same statement. Each field says in its
// options what it reads (`graphql/field-options.ts`); `planBelow` finds the fields in the query and makes the plan. A field that says
// nothing gets the whole row. A field loads for itself what was not read along, so it answers right wherever its row came from.
import { Prisma } from '../generated/prisma/client.ts'

/** What a query reads of a row. */
export type Plan = {
  /** Two plans with the same key are read alike. */
  key: string
  /** Fields of the row; null: all. */
  fields: ReadonlySet<string> | null
  /** Whether the place of a row in its list is shown as well. */
  cursors: boolean
  /** What is read in the same statement. */
  children: readonly Child[]
}

/** What is read in the statement that reads its parent. */
export type Child = {
  /**
   * What is read, with its arguments and with all that depends on the viewer. Children with the same key differ in their plans only,
   * and are read as one, also for several requests.
   */
  key: string
  plan: Plan
  /** One JSON value for each row of the parent, never null where it may be read. */
  sqlOf: (plan: Plan) => Prisma.Sql
}

export function planOf({ fields, cursors, children }: Omit<Plan, 'key'>): Plan {
  const names = fields === null ? '*' : [...fields].sort().join()
  const below = children.map(({ key, plan }) => `${key} ${plan.key}`).join()
  return { key: `${names} ${cursors} (${below})`, fields, cursors, children }
}

export const wholeRow: Plan = planOf({ fields: null, cursors: true, children: [] })

/** The row's id, which tells whether there is one. */
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

/** A row as it was read: with its children and what tells them apart. */
type WithChildren = { children?: readonly Child[]; [column: ChildColumn]: unknown }

/** `, ...`: a column for each child of the plan. Where `when` does not hold nothing is read, and the column is null. */
export function childColumns({ children }: Plan, when?: Prisma.Sql): Prisma.Sql {
  if (children.length === 0) return Prisma.empty
  const columns = children.map(({ sqlOf, plan }, at) => {
    const value = when ? Prisma.sql`CASE WHEN ${when} THEN ${sqlOf(plan)} END` : sqlOf(plan)
    return Prisma.sql`${value} AS ${Prisma.raw(columnOf(at))}`
  })
  return Prisma.sql`, ${Prisma.join(columns)}`
}

/** Notes in a row, in place, by which plan it was read. */
export function noteChildren(row: object, { children }: Plan): void {
  if (children.length > 0) (row as WithChildren).children = children
}

/** What was read along with a row by this key; undefined when nothing was. */
export function valueOfChild(row: object, key: string): { value: unknown; plan: Plan } | undefined {
  const read = row as WithChildren
  const { children = [] } = read
  const at = children.findIndex((child) => child.key === key)
  const child = children[at]
  const value = read[columnOf(at)] ?? null
  return child && value !== null ? { value, plan: child.plan } : undefined
}
