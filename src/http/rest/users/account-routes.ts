// The end of accounts, which administrators decide about.
import { z } from 'zod'
import { isAdministrator } from '../../../access/viewer.ts'
import type { Context } from '../../../context/context.ts'
import type { User } from '../../../generated/prisma/client.ts'
import { blockUser, unblockUser } from '../../../modules/accounts/block-user.ts'
import { deleteUser } from '../../../modules/accounts/delete-user.ts'
import { readPersonalData } from '../../../modules/accounts/personal-data.ts'
import { userById } from '../../../modules/users/user-loaders.ts'
import { type Endpoint, endpointsOf } from '../kit/endpoint.ts'
import { integer } from '../kit/fields.ts'
import { forbidden, notFound, unauthorized } from '../kit/rest-errors.ts'
import { assertSignedIn } from '../kit/subjects.ts'

const rest = endpointsOf('Users')
const USER = '/users/:id'

const input = z.object({ id: integer().describe('The number of the account.') })

/** Whoever is no administrator learns nothing about the account. What is left of a deleted one is found, for a repeated deletion. */
async function find(context: Context, { id }: { id: string }): Promise<User> {
  assertSignedIn(context)
  if (!isAdministrator(context.viewer)) throw forbidden()
  const user = /^\d{1,9}$/.test(id) ? await userById(context).load(Number(id)) : null
  if (!user) throw notFound('User')
  return user
}

const setState = (verb: 'block' | 'unblock', run: typeof blockUser): Endpoint =>
  rest.post(`${USER}/${verb}`, {
    operationId: `${verb}User`,
    summary: `${verb === 'block' ? 'Block' : 'Unblock'} an account`,
    description: 'For administrators. Tokens of a blocked account are refused, at once and on every server.',
    input,
    ability: 'account/user:end',
    answers: { 201: z.boolean() },
    find,
    handle: async ({ context, found: { username } }) => {
      await run(context, { username })
      return true
    },
  })

const remove = rest.delete(USER, {
  summary: 'Delete an account',
  description: 'For administrators. What the account wrote stays, by a ghost.',
  input,
  ability: 'account/user:end',
  answers: { 204: null },
  find,
  handle: async ({ context, found: { username } }) => {
    await deleteUser(context, { username })
  },
})

const Rows = z.array(z.record(z.string(), z.unknown()))
const Named = z.array(z.looseObject({ type: z.string().nullable(), id: z.string().nullable() }))
const PersonalDataBody = z
  .object({
    account: z.record(z.string(), z.unknown()),
    access_tokens: Rows,
    sessions: Rows,
    identities: Rows,
    memberships: Rows,
    notification_settings: Named,
    release_mails: Named,
    tag_rights: Named,
    imports: Named,
    audit_events: Rows,
    written: Named,
  })
  .meta({ id: 'PersonalData', description: 'The newest 1,000 rows of each list.' })

const personalData = rest.get('/user/personal_data', {
  operationId: 'getPersonalData',
  summary: 'What the server knows about your own account',
  description: 'Not in GitLab.',
  input: z.object({}),
  ability: 'account/user:update',
  answers: { 200: PersonalDataBody },
  handle: async ({ context }) => {
    if (!context.viewer.user) throw unauthorized()
    return await readPersonalData(context.viewer.user)
  },
})

export const accountEndpoints = [personalData, setState('block', blockUser), setState('unblock', unblockUser), remove]
