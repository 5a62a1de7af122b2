import { z } from 'zod'
import { invalid } from '../../foundation/errors.ts'
import { type Group, Prisma } from '../../generated/prisma/client.ts'
import { IdValue, TextValue } from '../../rows/cursor-values.ts'
import { byId, type Order } from '../../rows/keyset.ts'

const id = Prisma.sql`g.id`

/** By a text without regard to letter case, then by id in the same direction. */
function byText(name: string, direction: 'asc' | 'desc', field: 'name' | 'path'): Order<Group> {
  const lower = (text: Prisma.Sql) => Prisma.sql`lower(${text}) COLLATE "C"`
  return {
    name,
    direction,
    terms: [lower(Prisma.raw(`g.${field}`)), id],
    casts: [lower, 'int'],
    values: z.tuple([TextValue, IdValue]),
    fields: [field],
    position: (group) => [group[field], group.id],
  }
}

export const groupOrders = {
  name_asc: byText('GROUPS_NAME_ASC', 'asc', 'name'),
  name_desc: byText('GROUPS_NAME_DESC', 'desc', 'name'),
  path_asc: byText('GROUPS_PATH_ASC', 'asc', 'path'),
  path_desc: byText('GROUPS_PATH_DESC', 'desc', 'path'),
  id_asc: byId<Group>('GROUPS_ID_ASC', 'asc', id),
  id_desc: byId<Group>('GROUPS_ID_DESC', 'desc', id),
} satisfies Record<string, Order<Group>>

export type GroupSort = keyof typeof groupOrders

export const groupSorts = Object.keys(groupOrders) as GroupSort[]

export function groupSortOf(text: string | null | undefined): GroupSort {
  const sort = (text ?? 'name_asc').toLowerCase()
  const known = groupSorts.find((each) => each === sort)
  if (!known) throw invalid(`"sort" must be one of ${groupSorts.join(', ')}`)
  return known
}
