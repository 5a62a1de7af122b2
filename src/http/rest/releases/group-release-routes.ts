import { z } from 'zod'
import { readsGroupReleases } from '../../../access/visibility.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { flag, optional, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { forbidden, orNotFound } from '../kit/rest-errors.ts'
import { getGroup } from '../kit/subjects.ts'
import { ReleaseBody, SimpleReleaseBody, toRelease, toSimpleRelease } from './present-release.ts'
import { searchFields, searchIn, waybill } from './release-input.ts'
import { groupReleasePage, groupSimpleReleasePage } from './release-page-documents.ts'

const rest = endpointsOf('Releases')

const sorts = { desc: 'RELEASED_AT_DESC', asc: 'RELEASED_AT_ASC' } as const

const list = rest.get('/groups/:id/releases', {
  summary: 'The releases of all projects of a group and of the groups below it',
  input: z.object({
    id: text('fullPath').describe('The number of the group, or its encoded full path.'),
    sort: optional(z.enum(['desc', 'asc'])).describe('The order of `released_at`. `desc` without it.'),
    simple: optional(flag).describe('Whether to show only the keys of `SimpleRelease`.'),
    waybill,
    ...searchFields,
    ...pageFields,
  }),
  ability: 'group/release:read',
  answers: { 200: z.array(z.union([ReleaseBody, SimpleReleaseBody])) },
  find: getGroup,
  handle: async (call) => {
    const { context, input, found } = call
    if (!readsGroupReleases(context.viewer, found)) throw forbidden()
    const asked = {
      ...{ group: found.id, number: input.page, size: input.per_page, sort: sorts[input.sort ?? 'desc'] },
      ...searchIn(input),
    }
    if (input.simple) {
      const { group } = await groupSimpleReleasePage(context, asked)
      return answerPage(call, orNotFound(group, 'Group').page, toSimpleRelease)
    }
    const { group } = await groupReleasePage({ waybill: input.waybill })(context, asked)
    return answerPage(call, orNotFound(group, 'Group').page, toRelease)
  },
})

export const groupReleaseEndpoints = [list]
