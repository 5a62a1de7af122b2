import { Prisma } from '../generated/prisma/client.ts'

/** For `catch`: the violation of a unique index becomes the error that it means, anything else goes on. */
export const onUniqueViolation =
  (meanings: Readonly<Record<string, () => Error>>) =>
  (error: unknown): never => {
    const isViolation = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
    const details = isViolation ? JSON.stringify(error.meta) : ''
    const index = Object.keys(meanings).find((name) => details.includes(`"${name}"`))
    throw (index && meanings[index]?.()) || error
  }
