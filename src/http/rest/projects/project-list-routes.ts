import { z } from 'zod'
import { isNobody } from '../../../access/viewer.ts'
import { numberedProjects } from '../../../modules/projects/find-projects.ts'
import type { ProjectFilter } from '../../../modules/projects/project-filter.ts'
import { findUserByIdOrName } from '../../../modules/users/find-users.ts'
import { type Call, endpointsOf } from '../kit/endpoint.ts'
import { flag, optional, text } from '../kit/fields.ts'
import { answerKeyset, answerPage } from '../kit/pagination.ts'
import { notFound, RestError } from '../kit/rest-errors.ts'
import { getGroup } from '../kit/subjects.ts'
import { inForm, ProjectBody, SimpleProjectBody, shownProjects } from './project-documents.ts'
import { type Collection, collectionFields, filterOf, sortOf } from './project-filter.ts'

const rest = endpointsOf('Projects')
const answers = { 200: z.array(z.union([ProjectBody, SimpleProjectBody])) }

/** GitLab's bound. What is behind it is read with `pagination=keyset`. */
const MAX_OFFSET = 50_000

const notAllowed = (error: string) => new RestError(405, { error })

type Asked = { filter?: ProjectFilter; keyset?: boolean; form?: 'withoutPermissions' }

async function answerProjects(call: Call & { input: Collection }, { filter, keyset, form = undefined }: Asked) {
  const { context, input } = call
  if (keyset && input.order_by !== 'id') {
    throw notAllowed('Keyset pagination is not yet available for this type of request')
  }
  if (!keyset && ((input.page ?? 1) - 1) * Math.min(input.per_page ?? 20, 100) > MAX_OFFSET) {
    throw notAllowed(
      `Offset pagination has a maximum allowed offset of ${MAX_OFFSET} for requests that return objects of type Project. ` +
        'Remaining records can be retrieved using keyset pagination.',
    )
  }
  const page = await numberedProjects(
    context,
    { ...filterOf(input), ...filter },
    { sort: sortOf(input), page: keyset ? { per_page: input.per_page } : input, uncounted: keyset ?? false },
  )
  const isSimple = input.simple || isNobody(context.viewer)
  const shown = inForm(await shownProjects.page(context, page), isSimple ? 'simple' : (form ?? 'whole'))
  return keyset
    ? answerKeyset(call, shown, { name: input.sort === 'asc' ? 'id_after' : 'id_before', value: ({ id }) => id })
    : answerPage(call, shown)
}

const list = rest.get('/projects', {
  summary: 'The projects that the viewer may read',
  input: z.object({
    ...collectionFields,
    pagination: optional(z.enum(['offset', 'keyset'])).describe(
      '`keyset` pages by id, needs `order_by=id`, counts nothing, and tells the next page in `Link` alone.',
    ),
  }),
  answers,
  failures: [405],
  handle: (call) => answerProjects(call, { keyset: call.input.pagination === 'keyset' }),
})

const ofGroup = rest.get('/groups/:id/projects', {
  summary: 'The projects of a group',
  input: z.object({
    id: text('fullPath').describe('The number of the group, or its encoded full path.'),
    include_subgroups: optional(flag).describe('Whether the projects of the groups below it are listed.'),
    ...collectionFields,
  }),
  answers,
  failures: [405],
  find: getGroup,
  handle: (call) => {
    const { id } = call.found
    const filter = call.input.include_subgroups ? { treeId: id } : { groupId: id }
    return answerProjects(call, { filter, form: 'withoutPermissions' })
  },
})

const ofUser = rest.get('/users/:id/projects', {
  summary: 'The projects of which an account is Owner',
  description: 'Only projects whose members the viewer may read.',
  input: z.object({
    id: text('username').describe('The number of the account, or its username.'),
    ...collectionFields,
  }),
  answers,
  failures: [405],
  find: async (context, { id }) => {
    const user = await findUserByIdOrName(context, id)
    if (!user) throw notFound('User')
    return user
  },
  handle: (call) => answerProjects(call, { filter: { ownerId: call.found.id } }),
})

export const projectListEndpoints = [list, ofGroup, ofUser]
