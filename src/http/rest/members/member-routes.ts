import { z } from 'zod'
import { findMemberWithGroups, numberedMembers } from '../../../modules/members/member-loaders.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { integer } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { MemberBody, shownMembers } from './member-documents.ts'

const rest = endpointsOf('Members')
const MEMBERS = '/projects/:id/members/all'

const list = rest.get(MEMBERS, {
  operationId: 'listAllProjectMembers',
  summary: 'The members of a project and of the groups above it',
  input: z.object({ id: projectId, ...pageFields }),
  answers: { 200: z.array(MemberBody) },
  find: projectFor('member:read'),
  handle: async (call) => {
    const page = await numberedMembers(call.context, call.found, call.input)
    return answerPage(call, await shownMembers.page(call.context, page))
  },
})

const single = rest.get(`${MEMBERS}/:user_id`, {
  operationId: 'getAnyProjectMember',
  summary: 'A member of a project or of the groups above it',
  input: z.object({ id: projectId, user_id: integer().describe('The number of the account.') }),
  answers: { 200: MemberBody },
  find: projectFor('member:read'),
  handle: async ({ context, input, found }) => {
    const member = orNotFound(await findMemberWithGroups(found, input.user_id))
    return await shownMembers.one(context, member)
  },
})

export const memberEndpoints = [list, single]
