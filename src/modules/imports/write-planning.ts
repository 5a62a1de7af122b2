// Writes milestones, issues and protected tags of a source by the use cases that everybody's writes go through.
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { Milestone, Project } from '../../generated/prisma/client.ts'
import { createIssue, updateIssue } from '../issues/issue-service.ts'
import { createMilestone, updateMilestone } from '../milestones/milestone-service.ts'
import { createProtectedTag, updateProtectedTag } from '../protected-tags/protected-tag-service.ts'
import type { Outcome } from './import-progress.ts'
import type { Leave, SourceIssue, SourceMilestone, SourceProtectedTag } from './sources/source.ts'

/** Whether the stored row has each of the values. */
export const hasValues = (stored: object, values: object): boolean =>
  Object.entries(values).every(([name, value]) => {
    return JSON.stringify((stored as Record<string, unknown>)[name] ?? null) === JSON.stringify(value ?? null)
  })

type Planned = { project: Project; isKnown: boolean }
/** `isOfGroup`: whether a title came from a milestone of a group at the source. */
type PlannedMilestone = Planned & { isOfGroup: (title: string) => Promise<boolean> }

/** Finds a milestone by its title, or by its number when the source has renamed it. */
async function findMilestone(row: SourceMilestone, { project, isKnown, isOfGroup }: PlannedMilestone) {
  const projectId = project.id
  const byTitle = await db.milestone.findFirst({ where: { projectId, title: row.title } })
  if (byTitle || !isKnown || row.iid === null) return byTitle
  const byNumber = await db.milestone.findFirst({ where: { projectId, iid: row.iid } })
  return byNumber && (await isOfGroup(byNumber.title)) ? null : byNumber
}

const isNumberFree = async ({ id: projectId }: Project, iid: number) =>
  (await db.milestone.count({ where: { projectId, iid } })) === 0

/** A milestone whose number is taken here gets the next one, because its title is what releases know it by. */
export async function writeMilestone(
  context: Context,
  { iid, ...values }: SourceMilestone,
  planned: PlannedMilestone,
): Promise<Outcome> {
  const { project } = planned
  const found: Milestone | null = await findMilestone({ iid, ...values }, planned)
  if (found) {
    if (hasValues(found, values)) return 'unchanged'
    await updateMilestone(context, { id: found.id, ...values })
    return 'updated'
  }
  const own = iid !== null && (await isNumberFree(project, iid)) ? { iid } : {}
  await createMilestone(context, { projectPath: project.fullPath, ...values, ...own })
  return 'created'
}

/** A milestone of a group at the source becomes one of the project, unless the group here has its title. */
export async function writeGroupMilestone(context: Context, row: SourceMilestone, planned: Planned): Promise<Outcome> {
  const here = await db.milestone.count({ where: { groupId: planned.project.groupId, title: row.title } })
  return here > 0 ? 'unchanged' : writeMilestone(context, row, { ...planned, isOfGroup: async () => true })
}

/** The milestones that the project or its group has. The others are left, and their issue or release comes along without them. */
export async function knownMilestones(
  titles: string[],
  of: string,
  { project, leave }: { project: Project; leave: Leave },
): Promise<string[]> {
  const owners = [{ projectId: project.id }, { groupId: project.groupId }]
  const rows = await db.milestone.findMany({ where: { title: { in: titles }, OR: owners } })
  const known = new Set(rows.map(({ title }) => title))
  for (const title of titles) {
    if (known.has(title)) continue
    leave(
      `The milestone ${title} of ${of}`,
      'neither the project nor its group has it: create it here, and import again',
    )
  }
  return titles.filter((title) => known.has(title))
}

/** An issue keeps its number, so an issue whose number is taken here does not come along. */
export async function writeIssue(
  context: Context,
  { iid, milestone: title, ...values }: SourceIssue,
  { project, isKnown, leave }: Planned & { leave: Leave },
): Promise<Outcome> {
  const projectPath = project.fullPath
  const where = { projectId_iid: { projectId: project.id, iid } }
  const found = await db.issue.findUnique({ where, include: { milestone: true } })
  if (found && !isKnown && found.title !== values.title) {
    throw new RuleViolation('CONFLICT', `the number ${iid} is taken by another issue of the project`)
  }
  const [milestone] = await knownMilestones([title], `the issue #${iid}`, { project, leave })
  const isPlanned = milestone === undefined || found?.milestone?.title === milestone
  if (found && hasValues(found, values) && isPlanned) return 'unchanged'
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
