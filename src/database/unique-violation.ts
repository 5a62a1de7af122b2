import { Prisma } from '../generated/prisma/client.ts'

/** Of a statement that Prisma made, and of one that was made by hand. */
const CODES = ['P2002', 'P2010']

/** For `catch`: the violation of a unique index becomes the error that it means, anything else goes on. */
export const onUniqueViolation =
  (meanings: Readonly<Record<string, () => Error>>) =>
  (error: unknown): never => {
    const isKnown = error instanceof Prisma.PrismaClientKnownRequestError
    const details = isKnown && CODES.includes(error.code) ? JSON.stringify(error.meta) : ''
    const index = Object.keys(meanings).find((name) => details.includes(`"${name}"`))
    throw (index && meanings[index]?.()) || error
  }
