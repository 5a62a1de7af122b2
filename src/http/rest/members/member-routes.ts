import { z } from 'zod'
import { findMemberWithGroups, numberedMembers } from '../../../modules/members/member-loaders.ts'
import { endpoint } from '../kit/endpoint.ts'
import { integer } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { MemberBody, shownMembers } from './member-documents.ts'

const tag = 'Members'
const MEMBERS = '/projects/:id/members/all'

const list = endpoint({
  method: 'get',
  path: MEMBERS,
  operationId: 'listAllProjectMembers',
  tag,
  summary: 'The members of a project and of the groups above it',
  input: z.object({ id: projectId, ...pageFields }),
  answers: { 200: z.array(MemberBody) },
  find: projectFor('member:read'),
  handle: async (call) => {
    const page = await numberedMembers(call.found, call.input)
    return answerPage(call, await shownMembers.page(call.context, page))
  },
})

const single = endpoint({
  method: 'get',
  path: `${MEMBERS}/:user_id`,
  operationId: 'getAnyProjectMember',
  tag,
  summary: 'A member of a project or of the groups above it',
  input: z.object({ id: projectId, user_id: integer().describe('The number of the account.') }),
  answers: { 200: MemberBody },
  find: projectFor('member:read'),
  handle: async ({ context, input, found }) => {
    const member = orNotFound(await findMemberWithGroups(found, input.user_id))
    return Response.json(await shownMembers.one(context, member))
  },
})

export const memberEndpoints = [list, single]
