import type { Tx } from '../db.ts'
import type { Release } from '../generated/prisma/client.ts'
import { insertIssue } from '../modules/issues/issue-service.ts'
import { addMilestones, insertMilestone, type MilestoneInsert } from '../modules/milestones/milestone-service.ts'
import type { DemoUsername, DemoUsers } from './demo-people.ts'

type DemoIssue = { title: string; author: DemoUsername; closed?: boolean; confidential?: boolean; dueInDays?: number }
type DemoMilestone = {
  title: string
  description: string
  closed?: boolean
  startInDays: number
  dueInDays: number
  tags: readonly string[]
  issues: readonly DemoIssue[]
}

const DAY_MS = 24 * 60 * 60 * 1000

const MILESTONES: readonly DemoMilestone[] = [
  {
    title: '1.0',
    description: 'The first stable version.',
    closed: true,
    startInDays: -90,
    dueInDays: -20,
    tags: ['v1.0.0-rc.1', 'v1.0.0'],
    issues: [
      { title: 'Describe every field', author: 'maintainer', closed: true, dueInDays: -25 },
      { title: 'v0.10.0 sorts before v0.9.0', author: 'reporter', closed: true },
    ],
  },
  {
    title: '1.1',
    description: 'Evidence that can be checked.',
    startInDays: -20,
    dueInDays: 10,
    tags: ['v1.1.0-rc.1'],
    issues: [
      { title: 'Collect evidence when a release is created', author: 'developer', closed: true },
      { title: 'Explain how to check a digest', author: 'reporter', dueInDays: 7 },
      { title: 'Tokens are shown in a log', author: 'maintainer', confidential: true },
    ],
  },
  {
    title: '2.0',
    description: 'Live updates.',
    startInDays: 10,
    dueInDays: 30,
    tags: ['v2.0.0'],
    issues: [{ title: 'Tell clients when a release changes', author: 'developer' }],
  },
]

/** Of the group: shared by its projects. */
const GROUP_MILESTONE: DemoMilestone = {
  title: 'Hardening',
  description: 'Goals of all projects of this group.',
  startInDays: -30,
  dueInDays: 60,
  tags: ['v1.1.0-rc.1', 'v2.0.0'],
  issues: [{ title: 'Try a restart under load', author: 'guest' }],
}

type Where = {
  projectId: number
  groupId: number
  releases: ReadonlyMap<string, Release>
  users: DemoUsers
  now: Date
}

const inDays = (now: Date, days: number | undefined) =>
  days === undefined ? null : new Date(now.getTime() + days * DAY_MS)

const valuesOf = (milestone: DemoMilestone, now: Date): Omit<MilestoneInsert, 'projectId' | 'groupId'> => ({
  title: milestone.title,
  description: milestone.description,
  state: milestone.closed ? 'closed' : 'active',
  startDate: inDays(now, milestone.startInDays),
  dueDate: inDays(now, milestone.dueInDays),
})

async function fill(tx: Tx, milestoneId: number, milestone: DemoMilestone, where: Where): Promise<void> {
  const { projectId, releases, users, now } = where
  for (const { title, author, closed = false, confidential = false, dueInDays } of milestone.issues) {
    await insertIssue(tx, {
      projectId,
      milestoneId,
      title,
      confidential,
      authorId: users[author],
      state: closed ? 'closed' : 'opened',
      closedAt: closed ? now : null,
      dueDate: inDays(now, dueInDays),
    })
  }
  for (const tag of milestone.tags) {
    const releaseId = releases.get(tag)?.id
    if (releaseId !== undefined) await addMilestones(tx, { releaseId, milestoneIds: [milestoneId] })
  }
}

async function findOrCreateGroupMilestone(tx: Tx, { groupId, now }: Where): Promise<number> {
  const found = await tx.milestone.findFirst({ where: { groupId, title: GROUP_MILESTONE.title } })
  return found?.id ?? (await insertMilestone(tx, { ...valuesOf(GROUP_MILESTONE, now), groupId })).id
}

export async function addDemoMilestones(tx: Tx, where: Where): Promise<void> {
  for (const milestone of MILESTONES) {
    const { id } = await insertMilestone(tx, { ...valuesOf(milestone, where.now), projectId: where.projectId })
    await fill(tx, id, milestone, where)
  }
  await fill(tx, await findOrCreateGroupMilestone(tx, where), GROUP_MILESTONE, where)
}
