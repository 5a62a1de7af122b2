import { z } from 'zod'
import { isAdministrator, isNobody } from '../../../access/viewer.ts'
import { type GroupFilter, leastRoleOf, numberedGroups } from '../../../modules/groups/find-groups.ts'
import { numberedProjects } from '../../../modules/projects/find-projects.ts'
import { type Call, endpointsOf } from '../kit/endpoint.ts'
import { flag, integer, listOf, optional, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { getGroup } from '../kit/subjects.ts'
import { inForm, shownProjects } from '../projects/project-documents.ts'
import { leastAccess, leastRoleIn, visibility } from '../projects/project-filter.ts'
import { GroupBody, GroupWithProjectsBody, shownGroups } from './group-documents.ts'

const rest = endpointsOf('Groups')
const groupId = text('fullPath').describe('The number of the group, or its encoded full path.')

/** As many as GitLab shows. */
const SHOWN_PROJECTS = 100

const collectionFields = {
  search: text('search').nullish().describe('Words that are all in the name or the full path.'),
  owned: optional(flag).describe('Only groups of which the viewer is Owner.'),
  min_access_level: leastAccess,
  all_available: optional(flag).describe(
    'Whether groups are listed in which the viewer has no role. Without it they are for administrators. Without a credential ' +
      'they always are.',
  ),
  visibility,
  skip_groups: listOf(integer()).nullish().describe('Groups that are left out, by their numbers.'),
  order_by: optional(z.enum(['name', 'path', 'id', 'similarity'])).describe(
    'What is compared: `name` without it, and for `similarity`.',
  ),
  sort: optional(z.enum(['asc', 'desc'])).describe('The order. `asc` without it.'),
  ...pageFields,
}

const Collection = z.object(collectionFields)

async function answerGroups(call: Call & { input: z.output<typeof Collection> }, filter: GroupFilter) {
  const { context, input } = call
  const order = input.order_by == null || input.order_by === 'similarity' ? 'name' : input.order_by
  const all = { all: input.all_available ?? isAdministrator(context.viewer), owned: false }
  const page = await numberedGroups(
    context,
    {
      search: input.search,
      leastRole: leastRoleIn(input) ?? leastRoleOf(context.viewer, all),
      visibility: input.visibility,
      exceptIds: input.skip_groups,
      ...filter,
    },
    { sort: `${order}_${input.sort ?? 'asc'}`, page: input },
  )
  return answerPage(call, await shownGroups.page(context, page))
}

const answers = { 200: z.array(GroupBody) }

const list = rest.get('/groups', {
  summary:
    'The groups in which the viewer has a role; for administrators all, and without a credential the public groups',
  input: z.object({
    ...collectionFields,
    top_level_only: optional(flag).describe('Only groups that are in no other group.'),
  }),
  answers,
  handle: (call) => answerGroups(call, { topLevelOnly: call.input.top_level_only }),
})

const single = rest.get('/groups/:id', {
  summary: 'A group',
  input: z.object({
    id: groupId,
    with_projects: optional(flag).describe(
      `Whether to add up to ${SHOWN_PROJECTS} projects. They are added without it.`,
    ),
  }),
  answers: { 200: GroupWithProjectsBody },
  find: getGroup,
  handle: async ({ context, found, input }) => {
    const body = await shownGroups.one(context, found)
    if (input.with_projects === false) return body
    const order = { sort: 'id_desc', page: { per_page: SHOWN_PROJECTS }, uncounted: true } as const
    const page = await shownProjects.page(context, await numberedProjects(context, { groupId: found.id }, order))
    const form = isNobody(context.viewer) ? 'simple' : 'withoutPermissions'
    return { ...body, projects: inForm(page, form).rows, shared_projects: [] }
  },
})

const subgroups = rest.get('/groups/:id/subgroups', {
  summary: 'The groups right below a group',
  input: z.object({ id: groupId, ...collectionFields }),
  answers,
  find: getGroup,
  handle: (call) => answerGroups(call, { parentId: call.found.id }),
})

const descendants = rest.get('/groups/:id/descendant_groups', {
  summary: 'The groups below a group, however deep',
  input: z.object({ id: groupId, ...collectionFields }),
  answers,
  find: getGroup,
  handle: (call) => answerGroups(call, { aboveId: call.found.id }),
})

export const groupEndpoints = [list, single, subgroups, descendants]
