import { isAdministrator } from '../../access/viewer.ts'
import type { Context } from '../../context/context.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import { assertNoProblems, nameProblems } from '../../foundation/rules.ts'
import type { User } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getUser, keepUser } from '../users/find-user.ts'
import { recordUserEvent } from './block-user.ts'

export type IdentityLink = { username: string; issuer: string; subject: string }

const taken = () => new RuleViolation('CONFLICT', 'The subject has an account already')

/** Lets a person at the provider sign in as an account that exists. Only administrators may decide that they are the same. */
export const linkIdentity = once(
  async (context: Context, { username, issuer, subject }: IdentityLink): Promise<User> => {
    if (!isAdministrator(context.viewer)) throw notFoundOrForbidden()
    const user = await getUser(username)
    assertNoProblems([...nameProblems('Issuer', issuer), ...nameProblems('Subject', subject)])
    return transact(context, async (tx) => {
      await keepUser(tx, user)
      await tx.identity.create({ data: { userId: user.id, issuer, subject } })
      await recordUserEvent(tx, context, user, {
        type: 'user_updated',
        message: `Linked ${user.username} to ${subject} of ${issuer}`,
      })
      return user
    }).catch(onUniqueViolation({ identities_issuer_subject_key: taken }))
  },
)
