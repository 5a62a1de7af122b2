import type { ProjectAccess } from '../access/abilities.ts'
import type { Placed } from '../access/viewer.ts'
import { shareStatements } from '../database/batching/share-statements.ts'
import { db } from '../database/db.ts'
import type { Replica } from '../database/replicas/replica.ts'
import { pathKey } from '../foundation/path-key.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { projectIdAt } from '../modules/projects/project-loaders.ts'

/** A project and its version, a text that changes with each committed write that could change what the project shows. */
export type ContentVersion = Pick<ProjectAccess, 'id' | 'visibility' | keyof Placed> & { version: string }

type Row = { path: string } & (ContentVersion | { id: null })

async function readVersions(paths: readonly string[], client = db): Promise<(ContentVersion | null)[]> {
  // Reads as much for a path without a project, because the time of the answer must not reveal a hidden project.
  const rows = await client.$queryRaw<Row[]>`
    SELECT /* keptAnswers.versions */ sought.path, p.id, p.visibility, p.ancestor_ids AS "ancestorIds", p.deleted_at AS "deletedAt", (
      SELECT coalesce(sum(v.version), 0)::text FROM content_versions v
      WHERE v.scope = ANY (
        ARRAY['users', 'project:' || coalesce(p.id, 0)] || ARRAY(SELECT 'group:' || g FROM unnest(p.ancestor_ids) g))
    ) AS version
    FROM unnest(${paths}::text[]) AS sought (path) LEFT JOIN projects p ON p.id = ${projectIdAt(Prisma.sql`sought.path`)}`
  const found = new Map(rows.map((row) => [row.path, row]))
  return paths.map((path) => {
    const row = found.get(path)
    return row && row.id !== null ? row : null
  })
}

const readShared = shareStatements<string, ContentVersion | null>(
  (paths) => readVersions(paths),
  (path) => path,
)

/** The present versions, from one statement that requests in flight share; null for a path without a project. */
export async function contentVersions(paths: readonly string[]): Promise<(ContentVersion | null)[]> {
  const versions = await readShared(paths.map(pathKey))
  return versions.map((version) => {
    if (version instanceof Error) throw version
    return version
  })
}

/** The versions that a replica has. */
export const contentVersionsOf = ({ client }: Replica, paths: readonly string[]): Promise<(ContentVersion | null)[]> =>
  readVersions(paths.map(pathKey), client)
