import { Prisma } from '../generated/prisma/client.ts'

/** What is absent or null does not narrow a list. */
export type Given<Value> = Value | null | undefined

/** A condition that begins with `AND`, if the value is given. */
export const given = <Value>(value: Given<Value>, condition: (value: Value) => Prisma.Sql): Prisma.Sql =>
  value == null ? Prisma.empty : Prisma.sql`AND ${condition(value)}`
