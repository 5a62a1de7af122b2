import { can } from '../../../access/abilities.ts'
import { canInGroup } from '../../../access/group-abilities.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { windowIn } from '../kit/cursor-pages.ts'
import { groupPages, projectPages } from '../kit/pages.ts'
import { membersOfGroup, membersOfProject } from './member-documents.ts'
import { memberPage } from './member-page.ts'

const PATH = '/members'

/** Who has a role in a project. */
export function projectMemberRoutes(parts: ContextParts) {
  const pages = projectPages(parts)
  pages.page(PATH, async ({ c, context, project }) => {
    if (!can(context.viewer, 'member:read', project)) return null
    const { of } = await membersOfProject(context, { id: project.id, ...windowIn(c.req.query()) })
    return of?.members ? { title: `Members of ${project.name}`, body: memberPage(project.name, of.members) } : null
  })
  return pages.routes
}

/** Who has a role in a group. */
export function groupMemberRoutes(parts: ContextParts) {
  const pages = groupPages(parts)
  pages.page(PATH, async ({ c, context, group }) => {
    if (!canInGroup(context.viewer, 'member:read', group)) return null
    const { of } = await membersOfGroup(context, { id: group.id, ...windowIn(c.req.query()) })
    return of?.members ? { title: `Members of ${group.name}`, body: memberPage(group.name, of.members) } : null
  })
  return pages.routes
}
