import { columnsOf } from '../../connections/columns.ts'
import { readRows, reviver } from '../../connections/json-rows.ts'
import { type Prefetched, prefetchColumns } from '../../connections/prefetch.ts'
import { rowLoader } from '../../connections/row-loader.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { uniqueLoader } from '../../unique-loader.ts'
import { isOpen, noteProject } from './known-projects.ts'

type PathKey = Pick<Project, 'fullPath'> & { expected: string | null }

const dates = { createdAt: true, updatedAt: true } as const
const reviveProject = reviver<Project>(dates)
const reviveByPath = reviver<Project & PathKey & Prefetched>(dates)
const reviveGroup = reviver<Group>(dates)

const columns = columnsOf('p', Prisma.ProjectScalarFieldEnum)
const projects = Prisma.sql`SELECT ${columns} FROM projects p`
const groups = Prisma.sql`SELECT ${columnsOf('g', Prisma.GroupScalarFieldEnum)} FROM groups g`

export const projectById = uniqueLoader<Project, 'id'>('id', (ids) =>
  readRows(Prisma.sql`${projects} WHERE p.id = ANY (${ids}::int[])`, reviveProject),
)

/** By full path; `expected`: see `expectedStanding`. */
export const projectByPath = rowLoader<PathKey, Project & PathKey>({
  nameOf: ({ fullPath, expected }) => `${fullPath} ${expected}`,
  read: async (keys, wants) => {
    const paths = keys.map(({ fullPath }) => fullPath)
    const expectations = keys.map(({ expected }) => expected)
    const rows = Prisma.sql`
      SELECT ${columns}, key.expected ${prefetchColumns(wants, isOpen(Prisma.sql`key.expected`))}
      FROM unnest(${paths}::text[], ${expectations}::text[]) AS key (path, expected)
      JOIN projects p ON p.full_path = key.path`
    const found = await readRows(rows, reviveByPath)
    found.forEach(noteProject)
    return found
  },
})

export const groupById = uniqueLoader<Group, 'id'>('id', (ids) =>
  readRows(Prisma.sql`${groups} WHERE g.id = ANY (${ids}::int[])`, reviveGroup),
)

export const groupByPath = uniqueLoader<Group, 'fullPath'>('fullPath', (paths) =>
  readRows(Prisma.sql`${groups} WHERE g.full_path = ANY (${paths}::text[])`, reviveGroup),
)
