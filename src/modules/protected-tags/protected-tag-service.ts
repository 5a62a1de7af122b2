import { can } from '../../access/abilities.ts'
import { type AuditEventType, recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { subjectProblems } from './access-subjects.ts'
import type { CreateAccess, ProtectedTagNode, ProtectedTagWithLevels } from './protected-tag-loaders.ts'
import { levelProblems, nameProblems } from './protected-tag-rules.ts'

type Entry = { [Subject in keyof CreateAccess]?: number | null | undefined }

/** Who is admitted: a role, and any further roles, users, groups and deploy keys. */
type Admission = {
  createAccessLevel?: number | null | undefined
  allowedToCreate?: readonly Entry[] | null | undefined
}

export type ProtectedTagCreate = Admission & { projectPath: string; name: string }
/** What is absent stays as it is. The two parts of `Admission` are replaced together. */
export type ProtectedTagUpdate = Admission & { id: number; name?: string | null | undefined }

function levelsOf({ createAccessLevel, allowedToCreate }: Admission): CreateAccess[] {
  const byRole = createAccessLevel == null ? [] : [{ accessLevel: createAccessLevel }]
  const levels = [...byRole, ...(allowedToCreate ?? [])].map(
    ({ accessLevel = null, userId = null, groupId = null, deployKeyId = null }: Entry) => ({
      accessLevel,
      userId,
      groupId,
      deployKeyId,
    }),
  )
  return [...new Map(levels.map((level) => [JSON.stringify(level), level])).values()]
}

type Values = { name?: string | undefined; levels?: CreateAccess[] | undefined }

async function assertValid(context: Context, project: Project, { name, levels }: Values): Promise<void> {
  const problems = [
    ...(name === undefined ? [] : nameProblems(name)),
    ...(levels ? levelProblems(levels) : []),
    ...(levels ? await subjectProblems(context, project, levels) : []),
  ]
  if (problems.length > 0) throw new RuleViolation('INVALID', problems)
}

const onTaken = (name: string) =>
  onUniqueViolation({
    protected_tags_project_id_name_key: () => new RuleViolation('CONFLICT', `Protected tag '${name}' already exists`),
  })

function record(tx: Tx, context: Context, type: AuditEventType, message: string, tag: ProtectedTagNode) {
  return recordAuditEvent(tx, context, {
    type,
    scope: { projectId: tag.projectId },
    target: { type: 'ProtectedTag', id: tag.id, details: tag.name },
    message,
  })
}

/** Protects the tags of a name or pattern (docs/contract/protected-tags.md#writing-protected-tags). */
export const createProtectedTag = once(
  async (context: Context, input: ProtectedTagCreate): Promise<ProtectedTagNode> => {
    const project = await getProjectFor(context, 'protected-tag:write', input.projectPath)
    // A name with blanks around it would protect nothing, because no tag begins or ends with a blank.
    const name = input.name.trim()
    const levels = levelsOf(input)
    await assertValid(context, project, { name, levels })
    return transact(context, async (tx) => {
      const inserted = await tx.protectedTag.create({
        data: { projectId: project.id, name, accessLevels: { create: levels }, updatedAt: databaseNow() },
        include: { accessLevels: { orderBy: { id: 'asc' } } },
      })
      const created = { ...inserted, project }
      await record(tx, context, 'protected_tag_created', `Protected the tags ${name}`, created)
      return created
    }).catch(onTaken(name))
  },
)

async function getProtectedTag(context: Context, id: number): Promise<ProtectedTagNode> {
  const tag = await db.protectedTag.findUnique({ where: { id }, include: { accessLevels: true, project: true } })
  if (!tag || !can(context.viewer, 'protected-tag:write', tag.project)) throw notFoundOrForbidden()
  return tag
}

async function apply(tx: Tx, id: number, { name, levels }: Values): Promise<ProtectedTagWithLevels> {
  // This comes first, because it locks the row. If two requests replace the levels at once, the levels of the second stay.
  const data = { ...(name === undefined ? {} : { name }), updatedAt: databaseNow() }
  const [row] = await tx.protectedTag.updateManyAndReturn({ where: { id }, data })
  // Somebody may have deleted the protected tag meanwhile.
  if (!row) throw notFoundOrForbidden()
  const where = { protectedTagId: id }
  if (levels) {
    await tx.protectedTagAccessLevel.deleteMany({ where })
    await tx.protectedTagAccessLevel.createMany({ data: levels.map((level) => ({ ...level, ...where })) })
  }
  return { ...row, accessLevels: await tx.protectedTagAccessLevel.findMany({ where, orderBy: { id: 'asc' } }) }
}

/** Renames a protected tag, or replaces who is admitted. With nothing but the id, the protected tag stays as it is. */
export const updateProtectedTag = once(
  async (context: Context, input: ProtectedTagUpdate): Promise<ProtectedTagNode> => {
    const tag = await getProtectedTag(context, input.id)
    const { project } = tag
    const name = input.name === undefined ? undefined : (input.name?.trim() ?? '')
    const isAdmissionGiven = input.createAccessLevel !== undefined || input.allowedToCreate !== undefined
    const levels = isAdmissionGiven ? levelsOf(input) : undefined
    if (name === undefined && !levels) return tag
    await assertValid(context, project, { name, levels })
    return transact(context, async (tx) => {
      const changed = { ...(await apply(tx, tag.id, { name, levels })), project }
      await record(tx, context, 'protected_tag_updated', `Changed the protection of the tags ${changed.name}`, changed)
      return changed
    }).catch(onTaken(name ?? tag.name))
  },
)

export const deleteProtectedTag = once(async (context: Context, { id }: { id: number }): Promise<ProtectedTagNode> => {
  const tag = await getProtectedTag(context, id)
  return transact(context, async (tx) => {
    const { count } = await tx.protectedTag.deleteMany({ where: { id } })
    if (count === 0) throw notFoundOrForbidden()
    await record(tx, context, 'protected_tag_deleted', `Ended the protection of the tags ${tag.name}`, tag)
    return tag
  })
})
