import { type CodeReader, codeReaderColumns, codeReaderIn } from '../../access/visibility.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { pathKey } from '../../foundation/path-key.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { allColumns } from '../../rows/columns.ts'
import { rowsByKey } from '../../rows/rows-by-key.ts'
import { table } from '../../rows/table.ts'

export const projects = table<Project>('projects', 'p', {
  fields: Prisma.ProjectScalarFieldEnum,
  dates: { deletedAt: true, createdAt: true, updatedAt: true },
  // Short descriptions come with the row. Long ones do not, because one request may read many projects.
  long: { description: 10_000 },
})

export const projectById = projects.by('id')
export const projectDescription = projects.text('description')

const { description: _, ...columnsWithoutDescription } = Prisma.ProjectScalarFieldEnum

/**
 * The project `p` as JSON, for each release of a page. It has no description, because that may be long and is not shown there.
 */
export const projectOfRelease = Prisma.sql`(
  SELECT row_to_json(project) FROM (SELECT ${allColumns('p', columnsWithoutDescription)}, NULL AS description) AS project)`

/** A path, and the viewer for whom the project's children are read; null when no children are read. */
type PathKey = { fullPath: string; reader: CodeReader | null }

/**
 * Reads projects by full path. The children of a project are read only if the viewer may see all of them, because otherwise a
 * slower answer would reveal that hidden children exist.
 */
export const projectByPath = rowsByKey<PathKey, Project>({
  nameOf: ({ fullPath, reader }) => `${pathKey(fullPath)} ${JSON.stringify(reader)}`,
  async read(keys, plan) {
    const readers = keys.map(({ fullPath, reader }, place) => ({ ...reader, path: pathKey(fullPath), place }))
    const paths = readers.map(({ path }) => path)
    // The condition repeats the paths, because with the join alone PostgreSQL would read all projects.
    const found = await projects.read<{ place: number }>(
      'byPath',
      Prisma.sql`
      SELECT reader.place, ${projects.columnsFor(plan, [], Prisma.sql`reads.code`)}
      FROM projects p
      JOIN json_to_recordset(${jsonParameter(readers)}) AS reader (place int, path text, ${codeReaderColumns})
        ON reader.path = lower(p.full_path)
      ${codeReaderIn}
      WHERE lower(p.full_path) = ANY (${paths}::text[])`,
    )
    const byPlace = new Map(found.map((project) => [project.place, project]))
    return keys.map((_, place) => byPlace.get(place) ?? null)
  },
})
