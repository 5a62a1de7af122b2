// The parameters of lists of projects (docs/contract/groups.md#finding).
import { z } from 'zod'
import { role } from '../../../access/roles.ts'
import type { ProjectFilter } from '../../../modules/projects/project-filter.ts'
import type { ProjectSort } from '../../../modules/projects/project-orders.ts'
import { flag, integer, listOf, optional, text, time } from '../kit/fields.ts'
import { pageFields } from '../kit/pagination.ts'
import { badRequest } from '../kit/rest-errors.ts'

export const visibility = optional(z.enum(['public', 'internal', 'private'])).describe('Only with this visibility.')

export const leastAccess = optional(
  z.preprocess((value) => (typeof value === 'string' ? Number(value) : value), z.literal([5, 10, 15, 20, 30, 40, 50])),
).describe('Only where the viewer has at least this role: 10 Guest, 15 Planner, 20 Reporter, 30, 40 or 50 Owner.')

const orders = [
  'id',
  'name',
  'path',
  'created_at',
  'updated_at',
  'last_activity_at',
  'similarity',
  'star_count',
  'repository_size',
  'storage_size',
  'packages_size',
  'wiki_size',
] as const

const excluded = 'It is excluded itself.'

/** The parameters of every list of projects. */
export const collectionFields = {
  search: text('search').nullish().describe('Words that are all in the name, the path or the description.'),
  search_namespaces: optional(flag).describe('Whether the words may also be in the paths of the groups.'),
  topic: listOf(text('name'))
    .nullish()
    .describe('Topics that a project must have, all of them. Also one text with commas.'),
  membership: optional(flag).describe('Only projects where the viewer has a role.'),
  owned: optional(flag).describe('Only projects where the viewer is Owner.'),
  starred: optional(flag).describe('Nobody stars projects here, so `true` lists none.'),
  min_access_level: leastAccess,
  visibility,
  archived: optional(flag).describe('Only archived projects, or only the others. Both without it.'),
  with_issues_enabled: optional(flag).describe('Only projects that have issues.'),
  with_merge_requests_enabled: optional(flag).describe('Only projects that have merge requests.'),
  order_by: optional(z.enum(orders)).describe(
    'What is compared: `created_at` without it, which is the order of ids. Stars and sizes are not counted, so `star_count` and the ' +
      'sizes give this order, too. `similarity` needs `search`, and lists only projects ' +
      'where the viewer has a role.',
  ),
  sort: optional(z.enum(['asc', 'desc'])).describe('The order. `desc` without it.'),
  simple: optional(flag).describe('Whether to show only the keys of `SimpleProject`. Always without a credential.'),
  id_after: optional(integer()).describe(`Only higher ids. ${excluded}`),
  id_before: optional(integer()).describe(`Only lower ids. ${excluded}`),
  last_activity_after: optional(time).describe(`Only projects that changed after this time. ${excluded}`),
  last_activity_before: optional(time).describe(`Only projects that changed before this time. ${excluded}`),
  updated_after: optional(time).describe('As `last_activity_after`, with `order_by=updated_at` alone.'),
  updated_before: optional(time).describe('As `last_activity_before`, with `order_by=updated_at` alone.'),
  ...pageFields,
}

const Collection = z.object(collectionFields)
export type Collection = z.output<typeof Collection>

const orderOf = {
  id: 'id',
  created_at: 'id',
  star_count: 'id',
  repository_size: 'id',
  storage_size: 'id',
  packages_size: 'id',
  wiki_size: 'id',
  name: 'name',
  path: 'path',
  updated_at: 'latest_activity',
  last_activity_at: 'latest_activity',
} as const

export function sortOf({ order_by, sort, search }: Pick<Collection, 'order_by' | 'sort' | 'search'>): ProjectSort {
  if (order_by === 'similarity' && search) return 'similarity'
  const order = order_by == null || order_by === 'similarity' ? 'id' : orderOf[order_by]
  return `${order}_${sort ?? 'desc'}`
}

/** The highest of the roles that several parameters ask for. */
export function leastRoleIn({ membership, owned, min_access_level }: Partial<Collection>) {
  const asked = Math.max(
    owned ? role.owner : role.none,
    membership ? role.guest : role.none,
    min_access_level ?? role.none,
  )
  return Object.values(role).find((each) => each !== role.none && asked > role.none && each >= asked) ?? null
}

export function filterOf(input: Collection): ProjectFilter {
  if ((input.updated_after || input.updated_before) && input.order_by !== 'updated_at') {
    throw badRequest('`updated_after` and `updated_before` need `order_by=updated_at`')
  }
  // A search for similar projects has only those where the viewer has a role. This is so for projects and not for groups.
  const membership = input.membership || sortOf(input) === 'similarity'
  return {
    search: input.search,
    searchNamespaces: input.search_namespaces,
    topics: input.topic,
    leastRole: leastRoleIn({ ...input, membership }),
    ids: input.starred ? [] : null,
    visibility: input.visibility,
    archived: input.archived,
    idAfter: input.id_after,
    idBefore: input.id_before,
    activeAfter: input.last_activity_after ?? input.updated_after,
    activeBefore: input.last_activity_before ?? input.updated_before,
    issues: input.with_issues_enabled,
    mergeRequests: input.with_merge_requests_enabled,
  }
}
