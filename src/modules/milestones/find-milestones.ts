import { db } from '../../database/db.ts'
import { invalid, RuleViolation } from '../../foundation/errors.ts'
import type { Milestone, Prisma, Project } from '../../generated/prisma/client.ts'

/** Titles or ids, but not both. Null and absent mean that they are not given. */
export type MilestoneChoice = {
  titles?: readonly string[] | null | undefined
  ids?: readonly number[] | null | undefined
}

const within = (project: Project) => ({ OR: [{ projectId: project.id }, { groupId: project.groupId }] })

/** Whether a release of the project may have the milestone. */
export const isUsableIn = (project: Project, { projectId, groupId }: Milestone): boolean =>
  projectId === project.id || (groupId !== null && groupId === project.groupId)

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

async function byNumber(project: Project, ids: readonly number[]): Promise<Milestone[]> {
  const found = await db.milestone.findMany({ where: { id: { in: [...ids] }, ...within(project) }, orderBy: inOrder })
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
export async function findMilestones(project: Project, { titles, ids }: MilestoneChoice): Promise<Milestone[] | null> {
  if (titles != null && ids != null) throw invalid('Only one of milestones and milestone ids may be given')
  if (titles != null) return byTitle(project, titles)
  return ids == null ? null : byNumber(project, ids)
}
