import { pathKey } from '../../foundation/path-key.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { readRows, reviver } from '../../rows/json-rows.ts'
import { longText } from '../../rows/long-texts.ts'
import { type Prefetched, prefetchColumns } from '../../rows/prefetch.ts'
import { rowLoader } from '../../rows/row-loader.ts'
import { uniqueLoader } from '../../rows/unique-loader.ts'
import { isAsExpected, noteProject } from './known-projects.ts'

type PathKey = Pick<Project, 'fullPath'> & { expected: string | null }

const dates = { createdAt: true, updatedAt: true } as const
export const reviveProject = reviver<Project>(dates)
const reviveByPath = reviver<Project & PathKey & Prefetched>(dates)

/** Many may be asked for by one request. */
const longDescription = { description: 10_000 }

export const projectDescription = longText('projects', 'description')

const columns = columnsOf('p', Prisma.ProjectScalarFieldEnum, longDescription)

const { description: _, ...columnsWithoutDescription } = Prisma.ProjectScalarFieldEnum

/** The project `p` as JSON, for each release of a page: without its description, which can be long, and is not shown there. */
export const projectOfRelease = Prisma.sql`(
  SELECT row_to_json(project) FROM (SELECT ${columnsOf('p', columnsWithoutDescription)}, NULL AS description) AS project)`

export const projectById = uniqueLoader<Project, 'id'>('id', (ids) =>
  readRows(
    'projects.byId',
    Prisma.sql`SELECT ${columns} FROM projects p WHERE p.id = ANY (${ids}::int[])`,
    reviveProject,
  ),
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
    const found = await readRows('projects.byPath', rows, reviveByPath)
    found.forEach(noteProject)
    return found
  },
})
