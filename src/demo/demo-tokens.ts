import { digestOf } from '../authentication/token-secrets.ts'
import type { Context } from '../context/context.ts'
import { db } from '../database/db.ts'
import { createAccessToken, revokeAccessToken } from '../modules/tokens/access-tokens.ts'
import type { Demo } from './demo-file.ts'
import { type DemoUsername, demoUsernames } from './demo-people.ts'

const NAME = 'demo'

/** Whether each token is still valid for its user. The tokens are invalid when the database has been replaced. */
async function areValid(tokens: Demo['tokens']): Promise<boolean> {
  const held = demoUsernames.map((username) => ({ digest: digestOf(tokens[username]), user: { username } }))
  return (await db.accessToken.count({ where: { OR: held, revokedAt: null } })) === held.length
}

/** Revokes the demo's tokens and creates new ones, because a token is shown only once and a lost one cannot be read again. */
async function replaceTokens(asOperator: Context): Promise<Demo['tokens']> {
  const where = { name: NAME, revokedAt: null, user: { username: { in: demoUsernames } } }
  for (const { id } of await db.accessToken.findMany({ where })) await revokeAccessToken(asOperator, { id })
  const tokens: Partial<Record<DemoUsername, string>> = {}
  for (const username of demoUsernames) {
    tokens[username] = (await createAccessToken(asOperator, { username, name: NAME, scopes: ['api'] })).token
  }
  // The loop has set every username.
  return tokens as Demo['tokens']
}

/** The tokens in the demo's file if they are still valid, else new tokens. */
export async function demoTokens(asOperator: Context, written: Demo['tokens'] | undefined): Promise<Demo['tokens']> {
  return written && (await areValid(written)) ? written : replaceTokens(asOperator)
}
