import { db } from '../../database/db.ts'
import { invalid, RuleViolation } from '../../foundation/errors.ts'
import type { Milestone, Prisma, Project } from '../../generated/prisma/client.ts'

/** Titles or ids, but not both. Null and absent mean that they are not given. */
export type MilestoneChoice = {
  titles?: readonly string[] | null | undefined
  ids?: readonly number[] | null | undefined
  /** They were chosen before, and the project may have moved to a group below since. */
  isKept?: boolean
}

const within = (project: Project, isKept = false) => ({
  OR: [{ projectId: project.id }, { groupId: isKept ? { in: project.ancestorIds } : project.groupId }],
})

/** Whether a release that has the milestone keeps it, wherever the project has moved. */
export const isKeptBy = (project: Project, { projectId, groupId }: Milestone): boolean =>
  projectId === project.id || (groupId !== null && project.ancestorIds.includes(groupId))

/** The order in which milestones are shown. */
const inOrder: Prisma.MilestoneOrderByWithRelationInput[] = [
  { dueDate: { sort: 'asc', nulls: 'last' } },
  { startDate: { sort: 'asc', nulls: 'last' } },
  { title: 'asc' },
  { id: 'asc' },
]

const missing = <Value>(wanted: readonly Value[], found: readonly Value[]) =>
  [...new Set(wanted)].filter((value) => !found.includes(value))

async function byTitle(project: Project, titles: readonly string[]): Promise<Milestone[]> {
  const found = await db.milestone.findMany({
    where: { title: { in: [...titles] }, ...within(project) },
    orderBy: inOrder,
  })
  const unknown = missing(
    titles,
    found.map(({ title }) => title),
  )
  if (unknown.length > 0) throw new RuleViolation('INVALID', `Milestone(s) not found: ${unknown.join(', ')}`)
  return found
}

async function byNumber(project: Project, ids: readonly number[], isKept?: boolean): Promise<Milestone[]> {
  const where = { id: { in: [...ids] }, ...within(project, isKept) }
  const found = await db.milestone.findMany({ where, orderBy: inOrder })
  const unknown = missing(
    ids,
    found.map(({ id }) => id),
  )
  if (unknown.length > 0) throw new RuleViolation('INVALID', `Milestone id(s) not found: ${unknown.join(', ')}`)
  return found
}

/**
 * The chosen milestones of the project itself and of its immediate group, in any state, in the order in which a release shows
 * them. Null when nothing was given. A title may stand for two milestones, of the project and of its group. An unknown title or
 * id fails the whole choice (docs/contract/milestones.md#milestones-of-a-release).
 */
export async function findMilestones(project: Project, choice: MilestoneChoice): Promise<Milestone[] | null> {
  const { titles, ids, isKept } = choice
  if (titles != null && ids != null) throw invalid('Only one of milestones and milestone ids may be given')
  if (titles != null) return byTitle(project, titles)
  return ids == null ? null : byNumber(project, ids, isKept)
}
