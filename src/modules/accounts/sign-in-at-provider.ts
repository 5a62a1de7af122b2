// The account of somebody who has signed in at the provider.
import { randomBytes } from 'node:crypto'
import { anonymous } from '../../access/viewer.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Identity } from '../../authentication/openid-provider.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { AppError, RuleViolation } from '../../foundation/errors.ts'
import { maxCharacters } from '../../foundation/text-limits.ts'
import type { User } from '../../generated/prisma/client.ts'
import { isEmail, isUsername, onUserTaken } from '../users/create-user.ts'

/** The account that the identity belongs to. */
async function findAccount({ issuer, subject }: Identity): Promise<User | null> {
  const found = await db.identity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    include: { user: true },
  })
  return found?.user ?? null
}

const MANY = 20

/** Names like the suggested one. */
function namesLike(suggested: string | null): string[] {
  const plain = (suggested ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
  const base = plain.slice(0, 100)
  const [first, random] = [isUsername(base) ? base : 'user', randomBytes(4).toString('hex')]
  const numbered = Array.from({ length: MANY }, (_, n) => `${first}-${n + 2}`)
  return [first, ...numbered, `${first}-${random}`]
}

/** The first name that no account and no group has, and under which no old path leads on. */
async function freeUsername(suggested: string | null): Promise<string> {
  const [free] = await db.$queryRaw<{ name: string }[]>`
    SELECT /* accounts.freeUsername */ wanted.name FROM unnest(${namesLike(suggested)}::text[]) WITH ORDINALITY AS wanted (name, at)
    WHERE NOT EXISTS (SELECT FROM users WHERE lower(username) = lower(wanted.name))
      AND NOT EXISTS (SELECT FROM groups WHERE lower(full_path) = lower(wanted.name))
      AND NOT EXISTS (SELECT FROM old_paths WHERE full_path > lower(wanted.name) || '/' AND full_path < lower(wanted.name) || '0')
    ORDER BY wanted.at LIMIT 1`
  if (!free) throw new Error('a random name is taken')
  return free.name
}

/** The address, unless an account has it. It is never a reason to be that account. */
async function freeEmail(email: string | null): Promise<string | null> {
  if (email === null || !isEmail(email)) return null
  const [taken] = await db.$queryRaw<
    object[]
  >`SELECT /* accounts.byEmail */ id FROM users WHERE lower(email) = lower(${email})`
  return taken ? null : email
}

const asAccount = (user: User) => ({
  ...anonymous(),
  user,
  credential: 'session' as const,
  scopes: new Set(['api'] as const),
})

async function createAccount(context: Context, identity: Identity): Promise<User> {
  const { issuer, subject, name } = identity
  const username = await freeUsername(identity.username)
  const data = {
    username,
    name: [...(name ?? username)].slice(0, maxCharacters.name).join(''),
    email: await freeEmail(identity.email),
  }
  return db.$transaction(async (tx) => {
    const user = await tx.user.create({ data: { ...data, updatedAt: databaseNow() } })
    await tx.identity.create({ data: { userId: user.id, issuer, subject } })
    await recordAuditEvent(
      tx,
      { ...context, viewer: asAccount(user) },
      {
        type: 'user_created',
        scope: null,
        target: { type: 'User', id: user.id, details: user.username },
        message: `Created the user ${user.username} at the first sign-in at ${new URL(issuer).host}`,
      },
    )
    return user
  })
}

const ATTEMPTS = 3

/** Makes the account. Somebody else may take the name meanwhile, or the same person may sign in twice at once. */
async function createAccountOnce(context: Context, identity: Identity, attempt = 1): Promise<User> {
  return createAccount(context, identity)
    .catch(onUserTaken)
    .catch(async (error) => {
      const found = await findAccount(identity)
      if (found) return found
      if (!(error instanceof RuleViolation) || attempt === ATTEMPTS) throw error
      return createAccountOnce(context, identity, attempt + 1)
    })
}

/**
 * Makes the account of the identity the viewer. Issuer and subject alone decide which account that is: a name or an address never
 * leads to an account that exists, because a provider may let people choose them.
 */
export async function signInAtProvider(
  context: Context,
  identity: Identity,
  { createsAccounts }: { createsAccounts: boolean },
): Promise<void> {
  const user = (await findAccount(identity)) ?? (createsAccounts ? await createAccountOnce(context, identity) : null)
  if (!user) {
    const { issuer, subject } = identity
    const message = `You have no account here. Its operator can give you one for the subject ${subject} of ${issuer}`
    throw new AppError('FORBIDDEN', message)
  }
  if (user.state !== 'active') throw new AppError('FORBIDDEN', `The account ${user.username} is not active`)
  context.viewer = asAccount(user)
}
