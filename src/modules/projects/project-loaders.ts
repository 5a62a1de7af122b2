import { columnsOf } from '../../connections/columns.ts'
import { readRows, reviver } from '../../connections/json-rows.ts'
import { longText } from '../../connections/long-texts.ts'
import { type Prefetched, prefetchColumns } from '../../connections/prefetch.ts'
import { rowLoader } from '../../connections/row-loader.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { uniqueLoader } from '../../unique-loader.ts'
import { isAsExpected, noteProject } from './known-projects.ts'
import { pathKey } from './path-key.ts'

type PathKey = Pick<Project, 'fullPath'> & { expected: string | null }

const dates = { createdAt: true, updatedAt: true } as const
export const reviveProject = reviver<Project>(dates)
const reviveByPath = reviver<Project & PathKey & Prefetched>(dates)
const reviveGroup = reviver<Group & Prefetched>(dates)

/** Many may be asked for by one request. */
const longDescription = { description: 10_000 }

export const projectDescription = longText('projects', 'description')
export const groupDescription = longText('groups', 'description')

const columns = columnsOf('p', Prisma.ProjectScalarFieldEnum, longDescription)

const { description: _, ...columnsWithoutDescription } = Prisma.ProjectScalarFieldEnum

/** The project `p` as JSON, for each release of a page: without its description, which can be long, and is not shown there. */
export const projectOfRelease = Prisma.sql`(
  SELECT row_to_json(project) FROM (SELECT ${columnsOf('p', columnsWithoutDescription)}, NULL AS description) AS project)`

const groupColumns = columnsOf('g', Prisma.GroupScalarFieldEnum, longDescription)

export const projectById = uniqueLoader<Project, 'id'>('id', (ids) =>
  readRows(Prisma.sql`SELECT ${columns} FROM projects p WHERE p.id = ANY (${ids}::int[])`, reviveProject),
)

/** By full path; `expected`: see `expectationOf`. */
export const projectByPath = rowLoader<PathKey, Project & PathKey>({
  nameOf: ({ fullPath, expected }) => `${pathKey(fullPath)} ${expected}`,
  read: async (keys, wants) => {
    const paths = keys.map(({ fullPath }) => pathKey(fullPath))
    const expectations = keys.map(({ expected }) => expected)
    // The paths once more, as PostgreSQL would read all projects to join them with a list.
    const rows = Prisma.sql`
      SELECT ${columns}, key.expected ${prefetchColumns(wants, isAsExpected)}
      FROM projects p JOIN unnest(${paths}::text[], ${expectations}::text[]) AS key (path, expected)
        ON key.path = lower(p.full_path)
      WHERE lower(p.full_path) = ANY (${paths}::text[])`
    const found = await readRows(rows, reviveByPath)
    found.forEach(noteProject)
    return found
  },
})

export const groupById = uniqueLoader<Group, 'id'>('id', (ids) =>
  readRows(Prisma.sql`SELECT ${groupColumns} FROM groups g WHERE g.id = ANY (${ids}::int[])`, reviveGroup),
)

export const groupByPath = rowLoader<Pick<Group, 'fullPath'>, Group>({
  nameOf: ({ fullPath }) => pathKey(fullPath),
  read: (keys, wants) => {
    const paths = keys.map(({ fullPath }) => pathKey(fullPath))
    const rows = Prisma.sql`
      SELECT ${groupColumns} ${prefetchColumns(wants)} FROM groups g
      WHERE lower(g.full_path) = ANY (${paths}::text[])`
    return readRows<Group & Prefetched>(rows, reviveGroup)
  },
})
