import { pathKey } from '../../foundation/path-key.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { rowsByKey } from '../../rows/rows-by-key.ts'
import { table } from '../../rows/table.ts'
import { isAsExpected, noteProject } from './known-projects.ts'

export const projects = table<Project>('projects', 'p', {
  fields: Prisma.ProjectScalarFieldEnum,
  dates: { createdAt: true, updatedAt: true },
  // Many may be asked for by one request.
  long: { description: 10_000 },
})

export const projectById = projects.by('id')
export const projectDescription = projects.text('description')

const { description: _, ...columnsWithoutDescription } = Prisma.ProjectScalarFieldEnum

/** The project `p` as JSON, for each release of a page: without its description, which can be long, and is not shown there. */
export const projectOfRelease = Prisma.sql`(
  SELECT row_to_json(project) FROM (SELECT ${columnsOf('p', columnsWithoutDescription)}, NULL AS description) AS project)`

type PathKey = Pick<Project, 'fullPath'> & { expected: string | null }

const nameOf = ({ fullPath, expected }: PathKey) => `${pathKey(fullPath)} ${expected}`

/** By full path; `expected`: see `expectationOf`. */
export const projectByPath = rowsByKey<PathKey, Project>({
  nameOf,
  async read(keys, plan) {
    const paths = keys.map(({ fullPath }) => pathKey(fullPath))
    const expectations = keys.map(({ expected }) => expected)
    // The paths once more, as PostgreSQL would read all projects to join them with a list.
    const found = await projects.read<PathKey>(Prisma.sql`
      SELECT key.expected, ${projects.columnsOf(plan, [], isAsExpected)}
      FROM projects p JOIN unnest(${paths}::text[], ${expectations}::text[]) AS key (path, expected)
        ON key.path = lower(p.full_path)
      WHERE lower(p.full_path) = ANY (${paths}::text[])`)
    found.forEach(noteProject)
    const byName = new Map(found.map((project) => [nameOf(project), project]))
    return keys.map((key) => byName.get(nameOf(key)) ?? null)
  },
})
