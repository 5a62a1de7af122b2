import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { type Authenticate, createAuthenticator } from '../../src/authentication/authenticate.ts'
import type { JwtIssuer } from '../../src/authentication/jwt-issuers.ts'
import { connectDatabase, db } from '../../src/database/db.ts'
import type { Prisma } from '../../src/generated/prisma/client.ts'
import { createDatabase } from '../support/database.ts'
import * as create from '../support/factories.ts'
import { type Changes, createIssuer, createKey, type Key, sign, writeKeySet } from '../support/jwt.ts'

/** A database for the test file, and an authenticator that trusts one issuer. */
export function useAuthenticator(issuer: Partial<JwtIssuer> = {}) {
  const statements: string[] = []
  let key: Key
  let authenticate: Authenticate
  let drop: () => Promise<void>

  beforeAll(async () => {
    const database = await createDatabase()
    drop = database.drop
    connectDatabase({ url: database.url, onStatement: (sql) => statements.push(sql) })
    key = await createKey()
    const { file } = await writeKeySet([key])
    authenticate = createAuthenticator({ jwtIssuers: [createIssuer({ jwks: file, ...issuer })] })
  })

  afterAll(async () => {
    await db.$disconnect()
    await drop()
  })

  return {
    ask: (headers: Headers | Record<string, string>) =>
      authenticate(headers instanceof Headers ? headers : new Headers(headers)),
    signed: (claims: Changes) => sign(key, claims),
    /** The statements that the database got while `work` ran. */
    async countStatements(work: () => Promise<unknown>): Promise<number> {
      const before = statements.length
      await work()
      return statements.length - before
    },
  }
}

const unique = (word: string) => `${word}-${randomBytes(6).toString('hex')}`

export const createUser = (data: Partial<Prisma.UserUncheckedCreateInput> = {}) =>
  db.user.create({ data: { username: unique('User'), name: 'Ann', ...data } })

export const createToken = (userId: number, changes: Partial<create.TokenData> = {}) =>
  create.createToken({ userId, name: 'laptop', ...changes })

export async function createProject() {
  const group = await db.group.create({ data: { name: 'Group', path: unique('group') } })
  const project = await db.project.create({ data: { name: 'Project', path: 'project', groupId: group.id } })
  return { group, project }
}
