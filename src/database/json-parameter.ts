import { Prisma } from '../generated/prisma/client.ts'

// Replaces a lone surrogate, because PostgreSQL refuses it in JSON. In other parameters the encoding to UTF-8 replaces it.
const toUtf8 = (_name: string, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value)

export const jsonParameter = (value: unknown): Prisma.Sql => Prisma.sql`${JSON.stringify(value, toUtf8)}::json`
