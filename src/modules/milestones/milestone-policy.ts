import { isAdministrator, type Viewer } from '../../access/viewer.ts'
import { visibleGroups, visibleProjects } from '../../access/visibility.ts'
import type { Prisma } from '../../generated/prisma/client.ts'

/**
 * The milestones that a viewer may read: the ability `milestone:read` as a condition. For the milestones of a project, the issues
 * or the merge requests of the project must be open to the viewer.
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
  // The id is checked too, because an administrator's condition is `{}`, under which a relation alone would find nothing.
  const ofGroup: Prisma.MilestoneWhereInput = { groupId: { not: null }, group: { AND: visibleGroups(viewer) } }
  return { OR: [ofProject, ofGroup] }
}
