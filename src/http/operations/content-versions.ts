import { shareStatements } from '../../database/share-statements.ts'
import { db } from '../../db.ts'

/** A project, and a text that is another one after each committed write that could change what is shown of it. */
export type ContentVersion = { id: number; ancestorIds: number[]; version: string }

type Row = ContentVersion & { path: string }

async function readVersions(paths: readonly string[]): Promise<(ContentVersion | null)[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT p.full_path AS path, p.id, p.ancestor_ids AS "ancestorIds", (
      SELECT coalesce(sum(v.version), 0)::text FROM content_versions v
      WHERE v.scope = ANY (ARRAY['users', 'project:' || p.id] || ARRAY(SELECT 'group:' || g FROM unnest(p.ancestor_ids) g))
    ) AS version
    FROM projects p WHERE p.full_path = ANY (${paths}::text[])`
  const found = new Map(rows.map((row) => [row.path, row]))
  return paths.map((path) => found.get(path) ?? null)
}

const readShared = shareStatements<string, ContentVersion | null>(readVersions, (path) => path)

/** As they are now, in one statement that requests in flight share; null for a path without a project. */
export async function contentVersions(paths: readonly string[]): Promise<(ContentVersion | null)[]> {
  const versions = await readShared(paths)
  return versions.map((version) => {
    if (version instanceof Error) throw version
    return version
  })
}
