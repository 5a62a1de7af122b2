import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { toGlobalId } from '../foundation/global-id.ts'
import { PAGE_INFO, pageOf, readAllRows } from './all-rows.ts'
import { ask } from './graphql.ts'
import { NumericId } from './numeric-id.ts'
import { assertNoErrors, mutate, mutation } from './send-mutation.ts'
import type { Server, Target } from './server-connection.ts'

const FIELDS = 'id name scopes expiresAt revokedAt createdAt'

const AccessToken = z.object({
  id: NumericId,
  name: z.string(),
  scopes: z.array(z.string().transform((scope) => scope.toLowerCase())),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  createdAt: z.string(),
})

export type AccessToken = z.output<typeof AccessToken>

const errors = z.array(z.string())

const tokenCreate = {
  document: `mutation ($input: AccessTokenCreateInput!) {
    payload: accessTokenCreate(input: $input) { errors token accessToken { ${FIELDS} } }
  }`,
  data: z.object({ payload: z.object({ errors, token: z.string().nullable(), accessToken: AccessToken.nullable() }) }),
}

const jobTokenCreate = {
  document: `mutation ($input: JobTokenCreateInput!) {
    payload: jobTokenCreate(input: $input) { errors token expiresAt }
  }`,
  data: z.object({ payload: z.object({ errors, token: z.string().nullable(), expiresAt: z.string().nullable() }) }),
}

const tokenRevoke = mutation('accessTokenRevoke', `accessToken { ${FIELDS} }`, AccessToken)

const ownTokens = {
  document: `query tokens($after: String) {
    currentUser { accessTokens(after: $after) { nodes { ${FIELDS} } ${PAGE_INFO} } }
  }`,
  data: z.object({ currentUser: z.object({ accessTokens: pageOf(AccessToken) }).nullable() }),
}

type NewToken = { name: string; scopes: string[]; expiresAt: Date | undefined }

export async function createAccessToken(server: Server, { scopes, ...values }: NewToken) {
  const input = { ...values, scopes: scopes.map((scope) => scope.toUpperCase()) }
  const { payload } = await ask(server, tokenCreate, { input })
  assertNoErrors(payload.errors)
  const { token, accessToken } = payload
  if (token === null || accessToken === null) throw invalid('The server answered with no token')
  return { token, accessToken }
}

export async function createJobToken({ server, project: projectPath }: Target, expiresIn: number) {
  const { payload } = await ask(server, jobTokenCreate, { input: { projectPath, expiresIn } })
  assertNoErrors(payload.errors)
  const { token, expiresAt } = payload
  if (token === null || expiresAt === null) throw invalid('The server answered with no token')
  return { token, expiresAt }
}

export const revokeAccessToken = (server: Server, id: number): Promise<AccessToken> =>
  mutate(server, tokenRevoke, { id: toGlobalId('AccessToken', id) })

export const listAccessTokens = (server: Server): Promise<AccessToken[]> =>
  readAllRows(async (after) => {
    const { currentUser } = await ask(server, ownTokens, { after })
    if (!currentUser) throw invalid('No account asks: set WAYBILL_TOKEN, or --token, to an access token')
    return currentUser.accessTokens
  })
