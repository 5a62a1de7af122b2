import { Prisma } from '../generated/prisma/client.ts'

// Half of a surrogate pair is no character: PostgreSQL refuses it in JSON, and elsewhere gets what UTF-8 makes of it.
const toUtf8 = (_name: string, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value)

/** Values of a statement as one parameter, of type JSON. */
export const jsonParameter = (value: unknown): Prisma.Sql => Prisma.sql`${JSON.stringify(value, toUtf8)}::json`
