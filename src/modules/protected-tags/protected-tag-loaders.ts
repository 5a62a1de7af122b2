import type { Context } from '../../context/context.ts'
import { Prisma, type Project, type ProtectedTag, type ProtectedTagAccessLevel } from '../../generated/prisma/client.ts'
import { allColumns } from '../../rows/columns.ts'
import { planOf, wholeRow } from '../../rows/plan.ts'
import { table } from '../../rows/table.ts'
import type { TagProtection } from './protected-tag-policy.ts'

/** A protected tag, with the access levels that say who may create such tags. */
export type ProtectedTagWithLevels = ProtectedTag & { accessLevels: ProtectedTagAccessLevel[] }

/** A protected tag with its project, which decides who may read it. */
export type ProtectedTagNode = ProtectedTagWithLevels & { project: Project }

/** Who is admitted by an access level: exactly one of the four is given. */
export type CreateAccess = Partial<Omit<ProtectedTagAccessLevel, 'id' | 'protectedTagId'>>

const levelColumns = allColumns('l', Prisma.ProtectedTagAccessLevelScalarFieldEnum)

const protectedTags = table<ProtectedTagWithLevels>('protected_tags', 't', {
  fields: Prisma.ProtectedTagScalarFieldEnum,
  dates: { createdAt: true, updatedAt: true },
  more: Prisma.sql`(
    SELECT coalesce(json_agg(level ORDER BY level.id), '[]')
    FROM (SELECT ${levelColumns} FROM protected_tag_access_levels l WHERE l.protected_tag_id = t.id) AS level
  ) AS "accessLevels"`,
})

const ofProject = protectedTags.childrenOf({
  column: 't.project_id',
  row: 'p.id',
  orderBy: Prisma.sql`t.name COLLATE "C", t.id`,
})

/** All protected tags of a project, in the order of the bytes of their names. */
export async function protectedTagsOf(context: Context, project: Project): Promise<ProtectedTagNode[]> {
  const tags = await ofProject.all(context, project.id)
  return tags.map((tag) => ({ ...tag, project }))
}

export const planWithProtectedTags = planOf({ ...wholeRow, children: [ofProject.child({}, wholeRow)] })

export const tagRulesOf = async (context: Context, project: Project): Promise<readonly TagProtection[]> =>
  ofProject.along(project, {}) ?? ofProject.all(context, project.id)
