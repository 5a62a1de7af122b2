import { baseUrlOf, type Config } from '../../config.ts'
import { db } from '../../database/db.ts'
import { AppError } from '../../foundation/errors.ts'
import type { Visibility } from '../../generated/prisma/enums.ts'
import { findProjectAt } from '../../modules/projects/find-project.ts'

export type Audience = { webUrl: string; fullPath: string; visibility: Visibility; hasMembers: boolean }

const isValid = () => ({ OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] })

/** The address of the project, and who can see it. */
export async function audienceOf(path: string, config: Config): Promise<Audience> {
  const project = await findProjectAt(path)
  if (!project) throw new AppError('NOT_FOUND', `There is no project '${path}' any more`)
  const { id, fullPath, visibility, ancestorIds } = project
  const members =
    (await db.projectMember.count({ where: { projectId: id, ...isValid() } })) +
    (await db.groupMember.count({ where: { groupId: { in: ancestorIds }, ...isValid() } }))
  return { webUrl: `${baseUrlOf(config)}/${fullPath}`, fullPath, visibility, hasMembers: members > 0 }
}

function whoSees({ visibility, hasMembers }: Audience): string {
  if (visibility === 'public') return 'everybody, as it is public'
  if (visibility === 'internal') return 'everybody who is signed in, as it is internal'
  return hasMembers
    ? 'its members, as it is private'
    : 'administrators alone, as it is private and nobody is a member of it or of the groups above'
}

export function audienceLines(audience: Audience): string[] {
  const { webUrl, fullPath, visibility } = audience
  const other = visibility === 'public' ? 'private' : 'public'
  return [
    `${webUrl}/-/releases`,
    `Who can see it: ${whoSees(audience)}. To change that, with the token of a Maintainer or administrator:`,
    `  waybill project update ${fullPath} --visibility ${other}`,
    `  waybill member set USERNAME --project ${fullPath} --role maintainer`,
    'There is no such account yet? Make one: waybill user create USERNAME --admin, then waybill token create --user USERNAME',
  ]
}
