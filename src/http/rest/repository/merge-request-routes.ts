import { z } from 'zod'
import { pageOf } from '../../../rows/numbered-page.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { optional, text, time } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'

const rest = endpointsOf('Repository')

const choice = <const Values extends readonly [string, ...string[]]>(...values: Values) => optional(z.enum(values))

const orders = [
  'created_at',
  'updated_at',
  'merged_at',
  'title',
  'label_priority',
  'milestone_due',
  'popularity',
  'priority',
] as const

/** The filters are checked although the list is always empty, so that a mistake in a script shows here and not first on GitLab. */
const filterFields = {
  state: choice('opened', 'closed', 'locked', 'merged', 'all'),
  order_by: choice(...orders),
  sort: choice('asc', 'desc'),
  scope: choice(
    'created_by_me',
    'assigned_to_me',
    'reviews_for_me',
    'all',
    // Old clients write hyphens.
    'created-by-me',
    'assigned-to-me',
  ),
  view: choice('simple'),
  wip: choice('yes', 'no'),
  milestone: text('name').nullish(),
  search: text('search').nullish(),
  source_branch: text('ref').nullish(),
  target_branch: text('ref').nullish(),
  created_after: optional(time),
  created_before: optional(time),
  updated_after: optional(time),
  updated_before: optional(time),
}

const list = rest.get('/projects/:id/merge_requests', {
  summary: 'The merge requests of a project: none',
  description: 'Always an empty list, because Waybill has no merge requests. Release tools ask for the list.',
  input: z.object({ id: projectId, ...filterFields, ...pageFields }),
  answers: { 200: z.array(z.object({})) },
  find: projectFor('code:read'),
  handle: (call) => answerPage(call, pageOf<never>([], call.input), (none) => none),
})

export const mergeRequestEndpoints = [list]
