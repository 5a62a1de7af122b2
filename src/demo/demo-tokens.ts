import { db } from '../db.ts'
import { digestOf, issueToken } from '../modules/access/tokens.ts'
import type { Demo } from './demo-file.ts'
import { type DemoUsers, demoUsernames } from './demo-people.ts'

const NAME = 'demo'

/** Whether each token is still good for its user; they are not when the database is another one by now. */
async function areValid(tokens: Demo['tokens'], users: DemoUsers): Promise<boolean> {
  const owners = demoUsernames.map((username) => ({ userId: users[username], digest: digestOf(tokens[username]) }))
  return (await db.accessToken.count({ where: { OR: owners, revokedAt: null } })) === owners.length
}

/** Tokens cannot be shown twice, so lost ones are replaced; the old ones are revoked. */
async function replaceTokens(users: DemoUsers): Promise<Demo['tokens']> {
  const ids = Object.values(users)
  const old = { userId: { in: ids }, name: NAME, revokedAt: null }
  await db.accessToken.updateMany({ where: old, data: { revokedAt: new Date() } })
  const issue = (userId: number) => issueToken({ userId, name: NAME, scopes: ['api'] })
  const [owner, maintainer, developer, reporter, guest] = await Promise.all([
    issue(users.owner),
    issue(users.maintainer),
    issue(users.developer),
    issue(users.reporter),
    issue(users.guest),
  ])
  return { owner, maintainer, developer, reporter, guest }
}

/** The tokens written down before, if they are still good, else new ones. */
export async function demoTokens(written: Demo['tokens'] | undefined, users: DemoUsers): Promise<Demo['tokens']> {
  return written && (await areValid(written, users)) ? written : replaceTokens(users)
}
