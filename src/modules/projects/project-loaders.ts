import { columnsOf } from '../../connections/columns.ts'
import { readRows, reviver } from '../../connections/json-rows.ts'
import { type Prefetched, prefetchColumns } from '../../connections/prefetch.ts'
import { rowLoader } from '../../connections/row-loader.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { uniqueLoader } from '../../unique-loader.ts'

const dates = { createdAt: true, updatedAt: true } as const
const reviveProject = reviver<Project & Prefetched>(dates)
const reviveGroup = reviver<Group>(dates)

const columns = columnsOf('p', Prisma.ProjectScalarFieldEnum)
const projects = Prisma.sql`SELECT ${columns} FROM projects p`
const groups = Prisma.sql`SELECT ${columnsOf('g', Prisma.GroupScalarFieldEnum)} FROM groups g`

export const projectById = uniqueLoader<Project, 'id'>('id', (ids) =>
  readRows(Prisma.sql`${projects} WHERE p.id = ANY (${ids}::int[])`, reviveProject),
)

/**
 * Only where everybody may read all: elsewhere it is not known yet whether the viewer may, and the time of an answer that hides
 * what was read would tell that it is there.
 */
const isOpen = Prisma.sql`p.visibility = 'public' AND p.releases_level = 'enabled' AND p.repository_level = 'enabled'`

/** By full path. */
export const projectByPath = rowLoader<Pick<Project, 'fullPath'>, Project>({
  nameOf: ({ fullPath }) => fullPath,
  read: (keys, wants) => {
    const paths = keys.map(({ fullPath }) => fullPath)
    const rows = Prisma.sql`
      SELECT ${columns} ${prefetchColumns(wants, isOpen)} FROM projects p WHERE p.full_path = ANY (${paths}::text[])`
    return readRows<Project & Prefetched>(rows, reviveProject)
  },
})

export const groupById = uniqueLoader<Group, 'id'>('id', (ids) =>
  readRows(Prisma.sql`${groups} WHERE g.id = ANY (${ids}::int[])`, reviveGroup),
)

export const groupByPath = uniqueLoader<Group, 'fullPath'>('fullPath', (paths) =>
  readRows(Prisma.sql`${groups} WHERE g.full_path = ANY (${paths}::text[])`, reviveGroup),
)
