import { isAdministrator, type Viewer } from '../../access/viewer.ts'
import { visibleGroups, visibleProjects } from '../../access/visibility.ts'
import type { Prisma } from '../../generated/prisma/client.ts'

/**
 * The milestones that a viewer may read. Those of a project need its issues or its merge requests to be open to the
 * viewer: the ability `milestone:read` as a condition.
 */
export function visibleMilestones(viewer: Viewer): Prisma.MilestoneWhereInput {
  const member: Prisma.ProjectWhereInput = {
    OR: [{ id: { in: [...viewer.projectRoles.keys()] } }, { ancestorIds: { hasSome: [...viewer.groupRoles.keys()] } }],
  }
  const isMember = isAdministrator(viewer) ? {} : member
  const openTracker: Prisma.ProjectWhereInput = {
    OR: [
      { issuesLevel: 'enabled' },
      { mergeRequestsLevel: 'enabled' },
      { OR: [{ issuesLevel: 'private' }, { mergeRequestsLevel: 'private' }], AND: isMember },
    ],
  }
  const ofProject: Prisma.MilestoneWhereInput = { project: { AND: [visibleProjects(viewer), openTracker] } }
  // A relation under the condition `{}`, which an administrator has, would find none.
  const ofGroup: Prisma.MilestoneWhereInput = { groupId: { not: null }, group: { AND: visibleGroups(viewer) } }
  return { OR: [ofProject, ofGroup] }
}
