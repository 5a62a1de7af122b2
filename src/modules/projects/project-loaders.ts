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
 * The ID of the project that has a path, or that had it before. A path is in one of the two tables at most. Both are asked each time,
 * so that a missing project takes as long as a hidden one.
 */
export const projectIdAt = (path: Prisma.Sql): Prisma.Sql => Prisma.sql`(
  SELECT max(found.id) FROM (
    SELECT id FROM projects WHERE lower(full_path) = ${path}
    UNION ALL SELECT project_id FROM old_paths WHERE full_path = ${path}) AS found (id))`

/**
 * Reads projects by full path, also by a path that a project had before. The children of a project are read only if the viewer may see all of them, because otherwise a
 * slower answer would reveal that hidden children exist.
 */
export const projectByPath = rowsByKey<PathKey, Project>({
  nameOf: ({ fullPath, reader }) => `${pathKey(fullPath)} ${JSON.stringify(reader)}`,
  async read(keys, plan, replica) {
    const readers = keys.map(({ fullPath, reader }, place) => ({ ...reader, path: pathKey(fullPath), place }))
    const found = await projects.read<{ place: number }>(
      'byPath',
      Prisma.sql`
      SELECT reader.place, ${projects.columnsFor(plan, [], Prisma.sql`reads.code`)}
      FROM json_to_recordset(${jsonParameter(readers)}) AS reader (place int, path text, ${codeReaderColumns})
      JOIN projects p ON p.id = ${projectIdAt(Prisma.sql`reader.path`)}
      ${codeReaderIn}`,
      replica,
    )
    const byPlace = new Map(found.map((project) => [project.place, project]))
    return keys.map((_, place) => byPlace.get(place) ?? null)
  },
})
