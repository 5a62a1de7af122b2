import DataLoader from 'dataloader'
import { type Context, perRequest } from '../../context/context.ts'
import { shareStatements } from '../../database/batching/share-statements.ts'
import { db } from '../../database/db.ts'
import { Prisma, type Project, type ProtectedTag, type ProtectedTagAccessLevel } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { asJson } from '../../rows/json-rows.ts'
import { type Prefetched, prefetchedOf, wantsOf, wholeRow } from '../../rows/prefetch.ts'
import type { TagProtection } from './protected-tag-policy.ts'

/** A protected tag with who may create tags of its name. */
export type ProtectedTagWithLevels = ProtectedTag & { accessLevels: ProtectedTagAccessLevel[] }

const columns = columnsOf('t', Prisma.ProtectedTagScalarFieldEnum)
const levelColumns = columnsOf('l', Prisma.ProtectedTagAccessLevelScalarFieldEnum)

const tagsWithLevels = Prisma.sql`
  ${columns}, levels.list AS "accessLevels"
  FROM protected_tags t
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(level ORDER BY level.id), '[]') AS list
    FROM (SELECT ${levelColumns} FROM protected_tag_access_levels l WHERE l.protected_tag_id = t.id) AS level
  ) AS levels`

async function readAll(projectIds: readonly number[]): Promise<ProtectedTagWithLevels[][]> {
  const rows = await db.$queryRaw<ProtectedTagWithLevels[]>`
    SELECT /* protectedTags.ofProjects */ ${tagsWithLevels}
    WHERE t.project_id = ANY (${[...projectIds]}::int[])
    ORDER BY t.name COLLATE "C", t.id`
  const byProject = new Map<number, ProtectedTagWithLevels[]>(projectIds.map((id) => [id, []]))
  for (const row of rows) byProject.get(row.projectId)?.push(row)
  return projectIds.map((id) => byProject.get(id) ?? [])
}

const readShared = shareStatements(readAll, (projectId: number) => projectId)

/** All protected tags of a project, by name byte by byte, with their access levels. */
export const protectedTagsOf = perRequest(() => new DataLoader<number, ProtectedTagWithLevels[]>(readShared))

const PROTECTED_TAGS = 'protected tags'

/** A project with all its protected tags, read by one statement. */
export const wantsProtectedTags = wantsOf({
  ...wholeRow,
  prefetch: [
    {
      key: PROTECTED_TAGS,
      wants: wholeRow,
      sqlOf: () => asJson(Prisma.sql`SELECT ${tagsWithLevels} WHERE t.project_id = p.id`),
    },
  ],
})

/** What decides who may create a tag of the project. */
export async function tagRulesOf(context: Context, project: Project & Prefetched): Promise<readonly TagProtection[]> {
  const read = prefetchedOf(project, PROTECTED_TAGS)
  return read ? ((read.value as TagProtection[] | null) ?? []) : protectedTagsOf(context).load(project.id)
}
