import { Prisma } from '../generated/prisma/client.ts'

/**
 * The name of a statement, as a comment that goes after the first word. pg_stat_statements and pg_stat_activity show it, so that an operator
 * finds the code that sent the statement. It does not go before the first word, because PostgreSQL 18 drops what stands there.
 * Statements that are written out in one place hold the comment themselves.
 */
export const statementName = (name: string): Prisma.Sql => Prisma.raw(`/* ${name} */`)
