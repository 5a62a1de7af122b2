import { digestOf } from '../authentication/token-secrets.ts'
import type { Context } from '../context/context.ts'
import { db } from '../database/db.ts'
import { createAccessToken, revokeAccessToken } from '../modules/tokens/access-tokens.ts'
import type { Demo } from './demo-file.ts'
import { type DemoUsername, demoUsernames } from './demo-people.ts'

const NAME = 'demo'

/** Whether each token is still good for its user; they are not when the database is another one by now. */
async function areValid(tokens: Demo['tokens']): Promise<boolean> {
  const held = demoUsernames.map((username) => ({ digest: digestOf(tokens[username]), user: { username } }))
  return (await db.accessToken.count({ where: { OR: held, revokedAt: null } })) === held.length
}

/** Tokens cannot be shown twice, so lost ones are replaced; the old ones are revoked. */
async function replaceTokens(asOperator: Context): Promise<Demo['tokens']> {
  const where = { name: NAME, revokedAt: null, user: { username: { in: demoUsernames } } }
  for (const { id } of await db.accessToken.findMany({ where })) await revokeAccessToken(asOperator, { id })
  const tokens: Partial<Record<DemoUsername, string>> = {}
  for (const username of demoUsernames) {
    tokens[username] = (await createAccessToken(asOperator, { username, name: NAME, scopes: ['api'] })).token
  }
  // Each name has had its turn.
  return tokens as Demo['tokens']
}

/** The tokens written down before, if they are still good, else new ones. */
export async function demoTokens(asOperator: Context, written: Demo['tokens'] | undefined): Promise<Demo['tokens']> {
  return written && (await areValid(written)) ? written : replaceTokens(asOperator)
}
