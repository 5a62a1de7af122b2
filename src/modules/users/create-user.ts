import { isAdministrator } from '../../access/viewer.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { avatarProblems } from '../../foundation/avatar-url.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import { pathProblems } from '../../foundation/project-path.ts'
import { assertNoProblems, lengthProblems, nameProblems } from '../../foundation/rules.ts'
import { maxCharacters } from '../../foundation/text-limits.ts'
import type { User } from '../../generated/prisma/client.ts'
import { isGhostName } from './ghost-name.ts'

export type UserCreate = {
  username: string
  name: string
  email: string | null
  admin: boolean
  avatarUrl?: string | null
}

/** A username is used in URLs and after an @. */
const USERNAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/
const EMAIL = /^[^\s@]+@[^\s@]+$/

export const isEmail = (text: string): boolean => EMAIL.test(text) && text.length <= maxCharacters.name

/** Whether an account may have the name: it is one of a group at the top, because both begin paths. */
export const isUsername = (text: string): boolean =>
  USERNAME.test(text) && !isGhostName(text) && pathProblems(text, null).length === 0

const taken = (attribute: string) => () => new RuleViolation('CONFLICT', `${attribute} has already been taken`)

export const onUserTaken = onUniqueViolation({
  users_username_key: taken('Username'),
  users_lower_username_key: taken('Username'),
  users_email_key: taken('Email'),
  users_lower_email_key: taken('Email'),
  namespace_path_is_free: taken('Username'),
})

function assertValid({ username, name, email, avatarUrl }: UserCreate): void {
  const isWellFormed = USERNAME.test(username)
  assertNoProblems([
    ...nameProblems('Username', username),
    ...(isWellFormed
      ? []
      : ['Username may only hold letters, digits, "_", "-" and ".", and not begin with "-" or "."']),
    ...(isGhostName(username) ? ['Username is kept for deleted accounts'] : []),
    ...(isWellFormed ? pathProblems(username, null) : []),
    ...nameProblems('Name', name),
    ...lengthProblems('Email', maxCharacters.name, email),
    ...(email === null || EMAIL.test(email) ? [] : ['Email is invalid']),
    ...avatarProblems(avatarUrl ?? null),
  ])
}

/** Creates an account. Only administrators may. */
export async function createUser(context: Context, input: UserCreate): Promise<User> {
  if (!isAdministrator(context.viewer)) throw notFoundOrForbidden()
  assertValid(input)
  return db
    .$transaction(async (tx) => {
      const user = await tx.user.create({
        data: { ...input, avatarChosen: input.avatarUrl != null, updatedAt: databaseNow() },
      })
      await recordAuditEvent(tx, context, {
        type: 'user_created',
        scope: null,
        target: { type: 'User', id: user.id, details: user.username },
        message: `Created the ${user.admin ? 'administrator' : 'user'} ${user.username}`,
      })
      return user
    })
    .catch(onUserTaken)
}
