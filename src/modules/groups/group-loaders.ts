import { pathKey } from '../../foundation/path-key.ts'
import { type Group, Prisma } from '../../generated/prisma/client.ts'
import { rowsByKey } from '../../rows/rows-by-key.ts'
import { table } from '../../rows/table.ts'

export const groups = table<Group>('groups', 'g', {
  fields: Prisma.GroupScalarFieldEnum,
  dates: { deletedAt: true, createdAt: true, updatedAt: true },
  // Short descriptions come with the row. Long ones do not, because one request may read many groups.
  long: { description: 10_000 },
})

export const groupById = groups.by('id')
export const groupDescription = groups.text('description')

/** Reads groups by full path. Upper and lower case do not differ. */
export const groupByPath = rowsByKey<string, Group>({
  nameOf: pathKey,
  async read(paths, plan, replica) {
    const keys = paths.map(pathKey)
    const condition = Prisma.sql`lower(g.full_path) = ANY (${keys}::text[])`
    const found = await groups.where('byPath', condition, plan, replica)
    const byPath = new Map(found.map((group) => [pathKey(group.fullPath), group]))
    return keys.map((key) => byPath.get(key) ?? null)
  },
})
