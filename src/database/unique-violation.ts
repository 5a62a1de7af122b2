import { Prisma } from '../generated/prisma/client.ts'

/** Prisma's codes for a failed statement of its own and for a failed raw statement. */
const CODES = ['P2002', 'P2010']

/** For `catch`: turns the violation of a named unique index into the error that it means. Rethrows any other error. */
export const onUniqueViolation =
  (meanings: Readonly<Record<string, () => Error>>) =>
  (error: unknown): never => {
    const isKnown = error instanceof Prisma.PrismaClientKnownRequestError
    const details = isKnown && CODES.includes(error.code) ? JSON.stringify(error.meta) : ''
    const index = Object.keys(meanings).find((name) => details.includes(`"${name}"`))
    throw (index && meanings[index]?.()) || error
  }
