// How large the files are that links of a release lead to, as far as they are files of the project's own packages.
import { readFrom } from '../../database/db.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { statementName } from '../../database/statement-name.ts'
import { pathKey } from '../../foundation/path-key.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { rowsByKey } from '../../rows/rows-by-key.ts'
import { fileNamedIn, type OwnFile } from './own-file.ts'

type Sized = { projectId: number; file: OwnFile }

/** One statement reads the sizes of all files of a page. */
export const fileSize = rowsByKey<Sized, { size: number }>({
  nameOf: JSON.stringify,
  async read(asked, _plan, replica) {
    const keys = jsonParameter(asked.map(({ projectId, file }, at) => ({ at, projectId, ...file })))
    const rows = await readFrom(
      replica,
      (db) => db.$queryRaw<{ at: number; size: number }[]>`
      SELECT ${statementName('package_files.sizes')} k.at, f.size::float8 AS size
      FROM json_to_recordset(${keys})
        AS k(at int, "projectId" int, id int, "packageName" text, "packageVersion" text, "fileName" text)
      CROSS JOIN LATERAL (
        SELECT f.size FROM package_files f JOIN packages p ON p.id = f.package_id
        WHERE f.id = k.id AND p.project_id = k."projectId"
        UNION ALL
        SELECT f.size FROM packages p JOIN package_files f ON f.package_id = p.id
        WHERE p.project_id = k."projectId" AND p.name = k."packageName" AND p.version = k."packageVersion"
          AND f.file_name = k."fileName") f`,
    )
    const found = new Map(rows.map((row) => [row.at, row]))
    return asked.map((_, at) => found.get(at) ?? null)
  },
})

const isPresentName = ({ id, fullPath }: Project, text: string) =>
  text === String(id) || pathKey(text) === pathKey(fullPath)

/** The file that the URL names by the project's present path or by its number; a path that it had before is not looked up. */
export function sizedFileIn(url: string, baseUrl: string, project: Project): Sized | null {
  const named = fileNamedIn(url, baseUrl)
  return named && isPresentName(project, named.project) ? { projectId: project.id, file: named.file } : null
}
