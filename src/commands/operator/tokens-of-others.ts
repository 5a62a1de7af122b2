import { invalid } from '../../foundation/errors.ts'
import {
  type AccessTokenCreate,
  createAccessToken,
  listAccessTokens,
  revokeAccessToken,
} from '../../modules/tokens/access-tokens.ts'
import { createJobToken, type JobTokenCreate } from '../../modules/tokens/create-job-token.ts'
import { getUser } from '../../modules/users/find-user.ts'
import { asOperator } from './operator-context.ts'

export const createTokenOf = (username: string, values: Omit<AccessTokenCreate, 'username'>) =>
  asOperator((context) => createAccessToken(context, { username, ...values }))

const tokensOf = async (username: string) => listAccessTokens((await getUser(username)).id)

export const listTokensOf = (username: string) => asOperator(() => tokensOf(username))

export const revokeTokenOf = (username: string, id: number) =>
  asOperator(async (context) => {
    const tokens = await tokensOf(username)
    if (!tokens.some((token) => token.id === id)) throw invalid(`${username} has no access token ${id} that works`)
    return revokeAccessToken(context, { id })
  })

export const createJobTokenFor = (values: JobTokenCreate) => asOperator((context) => createJobToken(context, values))
