import { can } from '../../../access/abilities.ts'
import { canInGroup } from '../../../access/group-abilities.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { windowIn } from '../kit/cursor-pages.ts'
import { groupPages, projectPages } from '../kit/pages.ts'
import { eventsOfGroup, eventsOfProject } from './audit-event-documents.ts'
import { auditEventPage } from './audit-event-page.ts'

const PATH = '/audit_events'

/** What was written to a project and to what belongs to it. */
export function projectAuditEventRoutes(parts: ContextParts) {
  const pages = projectPages(parts)
  pages.page(PATH, async ({ c, context, project }) => {
    if (!can(context.viewer, 'audit-event:read', project)) return null
    const { of } = await eventsOfProject(context, { id: project.id, ...windowIn(c.req.query()) })
    const { name } = project
    return of?.auditEvents ? { title: `Audit events of ${name}`, body: auditEventPage(name, of.auditEvents) } : null
  })
  return pages.routes
}

/** What was written to a group itself. */
export function groupAuditEventRoutes(parts: ContextParts) {
  const pages = groupPages(parts)
  pages.page(PATH, async ({ c, context, group }) => {
    if (!canInGroup(context.viewer, 'audit-event:read', group)) return null
    const { of } = await eventsOfGroup(context, { id: group.id, ...windowIn(c.req.query()) })
    const { name } = group
    return of?.auditEvents ? { title: `Audit events of ${name}`, body: auditEventPage(name, of.auditEvents) } : null
  })
  return pages.routes
}
