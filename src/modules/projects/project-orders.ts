import { z } from 'zod'
import { invalid } from '../../foundation/errors.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { IdValue, TextValue } from '../../rows/cursor-values.ts'
import { byId, byTime, type Order } from '../../rows/keyset.ts'

const id = Prisma.sql`p.id`

/** By a text without regard to letter case, then by id in the same direction. */
function byText(name: string, direction: 'asc' | 'desc', field: 'name' | 'path'): Order<Project> {
  const lower = (text: Prisma.Sql) => Prisma.sql`lower(${text}) COLLATE "C"`
  return {
    name,
    direction,
    terms: [lower(Prisma.raw(`p.${field}`)), id],
    casts: [lower, 'int'],
    values: z.tuple([TextValue, IdValue]),
    fields: [field],
    position: (project) => [project[field], project.id],
  }
}

const activity = { time: Prisma.sql`p.updated_at`, id, field: 'updatedAt' } as const

const orders = {
  id_desc: byId<Project>('PROJECTS_ID_DESC', 'desc', id),
  id_asc: byId<Project>('PROJECTS_ID_ASC', 'asc', id),
  name_asc: byText('PROJECTS_NAME_ASC', 'asc', 'name'),
  name_desc: byText('PROJECTS_NAME_DESC', 'desc', 'name'),
  path_asc: byText('PROJECTS_PATH_ASC', 'asc', 'path'),
  path_desc: byText('PROJECTS_PATH_DESC', 'desc', 'path'),
  // As in GitLab, the order of creation is the order of the ids, which has an index.
  created_asc: byId<Project>('PROJECTS_CREATED_ASC', 'asc', id),
  created_desc: byId<Project>('PROJECTS_CREATED_DESC', 'desc', id),
  latest_activity_asc: byTime<Project>({ name: 'PROJECTS_ACTIVITY_ASC', direction: 'asc', ...activity }),
  latest_activity_desc: byTime<Project>({ name: 'PROJECTS_ACTIVITY_DESC', direction: 'desc', ...activity }),
} satisfies Record<string, Order<Project>>

export type ProjectSort = keyof typeof orders | 'similarity'

/** The most similar first. A cursor holds the names, from which PostgreSQL computes the same similarity again. */
function bySimilarity(search: string): Order<Project> {
  const similarity = (text: Prisma.Sql) => Prisma.sql`similarity(lower(${text}), lower(${search}::text))`
  return {
    name: 'PROJECTS_SIMILARITY',
    direction: 'desc',
    terms: [similarity(Prisma.sql`p.name || ' ' || p.path`), id],
    casts: [similarity, 'int'],
    values: z.tuple([TextValue, IdValue]),
    fields: ['name', 'path'],
    position: (project) => [`${project.name} ${project.path}`, project.id],
  }
}

/** Without a search all rows are equally similar, so the newest come first. */
export function projectOrder(sort: ProjectSort, search: string | null | undefined): Order<Project> {
  if (sort !== 'similarity') return orders[sort]
  return search?.trim() ? bySimilarity(search.trim()) : orders.id_desc
}

export const projectSorts: readonly ProjectSort[] = [...(Object.keys(orders) as ProjectSort[]), 'similarity']

export function projectSortOf(text: string | null | undefined): ProjectSort {
  const sort = (text ?? 'id_desc').toLowerCase()
  const known = projectSorts.find((each) => each === sort)
  if (!known) throw invalid(`"sort" must be one of ${projectSorts.join(', ')}`)
  return known
}
