// Writes milestones, issues and protected tags of a source by the use cases that everybody's writes go through.
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { Milestone, Project } from '../../generated/prisma/client.ts'
import { createIssue, updateIssue } from '../issues/issue-service.ts'
import { createMilestone, updateMilestone } from '../milestones/milestone-service.ts'
import { createProtectedTag, updateProtectedTag } from '../protected-tags/protected-tag-service.ts'
import type { Outcome } from './import-progress.ts'
import type { SourceIssue, SourceMilestone, SourceProtectedTag } from './sources/source.ts'

/** Whether the stored row has each of the values. */
export const hasValues = (stored: object, values: object): boolean =>
  Object.entries(values).every(([name, value]) => {
    return JSON.stringify((stored as Record<string, unknown>)[name] ?? null) === JSON.stringify(value ?? null)
  })

/** Finds a milestone by its title, or by its number when the source has renamed it. */
async function findMilestone({ id: projectId }: Project, row: SourceMilestone, isKnown: boolean) {
  const byTitle = await db.milestone.findFirst({ where: { projectId, title: row.title } })
  if (byTitle || !isKnown || row.iid === null) return byTitle
  return db.milestone.findFirst({ where: { projectId, iid: row.iid } })
}

const isNumberFree = async ({ id: projectId }: Project, iid: number) =>
  (await db.milestone.count({ where: { projectId, iid } })) === 0

type Planned = { project: Project; isKnown: boolean }

/** A milestone whose number is taken here gets the next one, because its title is what releases know it by. */
export async function writeMilestone(
  context: Context,
  { iid, ...values }: SourceMilestone,
  { project, isKnown }: Planned,
): Promise<Outcome> {
  const found: Milestone | null = await findMilestone(project, { iid, ...values }, isKnown)
  if (found) {
    if (hasValues(found, values)) return 'unchanged'
    await updateMilestone(context, { id: found.id, ...values })
    return 'updated'
  }
  const own = iid !== null && (await isNumberFree(project, iid)) ? { iid } : {}
  await createMilestone(context, { projectPath: project.fullPath, ...values, ...own })
  return 'created'
}

/** An issue keeps its number, so an issue whose number is taken here does not come along. */
export async function writeIssue(
  context: Context,
  { iid, milestone, ...values }: SourceIssue,
  { project, isKnown }: Planned,
): Promise<Outcome> {
  const projectPath = project.fullPath
  const where = { projectId_iid: { projectId: project.id, iid } }
  const found = await db.issue.findUnique({ where, include: { milestone: true } })
  if (found && !isKnown && found.title !== values.title) {
    throw new RuleViolation('CONFLICT', `the number ${iid} is taken by another issue of the project`)
  }
  if (found && hasValues(found, values) && found.milestone?.title === milestone) return 'unchanged'
  const { state, ...rest } = values
  if (!found) await createIssue(context, { projectPath, iid, milestone, ...rest })
  if (found || state === 'closed') await updateIssue(context, { projectPath, iid, milestone, ...values })
  return found ? 'updated' : 'created'
}

export async function writeProtectedTag(
  context: Context,
  { name, createAccessLevel }: SourceProtectedTag,
  project: Project,
): Promise<Outcome> {
  const where = { projectId_name: { projectId: project.id, name: name.trim() } }
  const found = await db.protectedTag.findUnique({ where, include: { accessLevels: true } })
  if (!found) {
    await createProtectedTag(context, { projectPath: project.fullPath, name, createAccessLevel })
    return 'created'
  }
  const [level, ...others] = found.accessLevels
  if (level?.accessLevel === createAccessLevel && others.length === 0) return 'unchanged'
  await updateProtectedTag(context, { id: found.id, createAccessLevel })
  return 'updated'
}
