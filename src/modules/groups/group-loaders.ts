import { pathKey } from '../../foundation/path-key.ts'
import { type Group, Prisma } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { readRows, reviver } from '../../rows/json-rows.ts'
import { longText } from '../../rows/long-texts.ts'
import { type Prefetched, prefetchColumns } from '../../rows/prefetch.ts'
import { rowLoader } from '../../rows/row-loader.ts'
import { uniqueLoader } from '../../rows/unique-loader.ts'

const reviveGroup = reviver<Group & Prefetched>({ createdAt: true, updatedAt: true })

/** Many may be asked for by one request. */
const longDescription = { description: 10_000 }

export const groupDescription = longText('groups', 'description')

const groupColumns = columnsOf('g', Prisma.GroupScalarFieldEnum, longDescription)

export const groupById = uniqueLoader<Group, 'id'>('id', (ids) =>
  readRows(
    'groups.byId',
    Prisma.sql`SELECT ${groupColumns} FROM groups g WHERE g.id = ANY (${ids}::int[])`,
    reviveGroup,
  ),
)

export const groupByPath = rowLoader<Pick<Group, 'fullPath'>, Group>({
  nameOf: ({ fullPath }) => pathKey(fullPath),
  read: (keys, wants) => {
    const paths = keys.map(({ fullPath }) => pathKey(fullPath))
    const rows = Prisma.sql`
      SELECT ${groupColumns} ${prefetchColumns(wants)} FROM groups g
      WHERE lower(g.full_path) = ANY (${paths}::text[])`
    return readRows<Group & Prefetched>('groups.byPath', rows, reviveGroup)
  },
})
