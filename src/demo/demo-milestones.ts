import { db } from '../database/db.ts'
import type { Issue } from '../generated/prisma/client.ts'
import { createIssue, updateIssue } from '../modules/issues/issue-service.ts'
import { createMilestone, updateMilestone } from '../modules/milestones/milestone-service.ts'
import type { NamespacePath } from '../modules/projects/namespace.ts'
import { inDays } from './days.ts'
import type { As, DemoUsername } from './demo-people.ts'

type DemoIssue = { title: string; author: DemoUsername; closed?: true; confidential?: true; dueInDays?: number }
type DemoMilestone = {
  title: string
  description: string
  closed?: true
  startInDays: number
  dueInDays: number
  issues: readonly DemoIssue[]
}

const MILESTONES: readonly DemoMilestone[] = [
  {
    title: '1.0',
    description: 'The first stable version.',
    closed: true,
    startInDays: -90,
    dueInDays: -20,
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
    issues: [{ title: 'Tell clients when a release changes', author: 'developer' }],
  },
]

/** The group's milestone, which its projects share. Each project has issues of its own in it. */
const GROUP_MILESTONE: DemoMilestone = {
  title: 'Hardening',
  description: 'Goals of all projects of this group.',
  startInDays: -30,
  dueInDays: 60,
  issues: [{ title: 'Try a restart under load', author: 'guest' }],
}

async function addMilestone(as: As, to: NamespacePath, milestone: DemoMilestone): Promise<void> {
  const { title, description, startInDays, dueInDays } = milestone
  const values = { title, description, startDate: inDays(startInDays), dueDate: inDays(dueInDays) }
  await createMilestone(await as('owner'), { ...to, ...values })
}

export async function ensureGroupMilestone(as: As, groupPath: string): Promise<void> {
  const where = { group: { fullPath: groupPath }, title: GROUP_MILESTONE.title }
  if ((await db.milestone.count({ where })) === 0) await addMilestone(as, { groupPath }, GROUP_MILESTONE)
}

type Where = { projectPath: string; milestone: string; present: Issue | undefined }

async function ensureIssue(as: As, issue: DemoIssue, { projectPath, milestone, present }: Where): Promise<void> {
  const { title, author, closed, confidential, dueInDays } = issue
  const dueDate = dueInDays === undefined ? null : inDays(dueInDays)
  const { iid, state } =
    present ?? (await createIssue(await as(author), { projectPath, title, milestone, confidential, dueDate }))
  if (closed && state === 'opened') await updateIssue(await as('maintainer'), { projectPath, iid, state: 'closed' })
}

async function ensureIssues(as: As, projectPath: string, { title, issues }: DemoMilestone): Promise<void> {
  const present = await db.issue.findMany({ where: { project: { fullPath: projectPath } } })
  for (const issue of issues) {
    const found = present.find((other) => other.title === issue.title)
    await ensureIssue(as, issue, { projectPath, milestone: title, present: found })
  }
}

async function ensureClosed(as: As, projectPath: string, title: string): Promise<void> {
  const open = await db.milestone.findFirst({ where: { project: { fullPath: projectPath }, title, state: 'active' } })
  if (open) await updateMilestone(await as('maintainer'), { id: open.id, state: 'closed' })
}

/** Creates the missing milestones and issues of a project, and its issues in the group's milestone. Existing ones stay. */
export async function ensureMilestones(as: As, projectPath: string): Promise<void> {
  const present = await db.milestone.findMany({ where: { project: { fullPath: projectPath } } })
  for (const milestone of MILESTONES) {
    const { title, closed } = milestone
    if (!present.some((other) => other.title === title)) await addMilestone(as, { projectPath }, milestone)
    await ensureIssues(as, projectPath, milestone)
    if (closed) await ensureClosed(as, projectPath, title)
  }
  await ensureIssues(as, projectPath, GROUP_MILESTONE)
}
