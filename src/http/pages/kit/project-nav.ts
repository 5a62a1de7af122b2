import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { placeNav } from './breadcrumbs.ts'
import type { Markup } from './layout.ts'

/** What the viewer may open of a project. */
const areas = [
  { label: 'Releases', path: '/-/releases', ability: 'release:read' },
  { label: 'Milestones', path: '/-/milestones', ability: 'milestone:read' },
  { label: 'Issues', path: '/-/issues', ability: 'issue:read' },
  { label: 'Tags', path: '/-/tags', ability: 'code:read' },
  { label: 'Branches', path: '/-/branches', ability: 'code:read' },
  { label: 'Commits', path: '/-/commits', ability: 'code:read' },
  { label: 'Packages', path: '/-/packages', ability: 'code:read' },
  { label: 'Members', path: '/-/members', ability: 'member:read' },
  { label: 'Audit events', path: '/-/audit_events', ability: 'audit-event:read' },
  { label: 'Freezes', path: '/-/deploy_freezes', ability: 'freeze-period:read' },
  { label: 'Settings', path: '/-/settings', ability: 'project:update' },
] as const

/** `page` is the path of the page that is shown. */
export function projectNav(context: Context, project: Project, page = ''): Markup {
  const root = `/${project.fullPath}`
  const shown = areas.filter(({ ability }) => can(context.viewer, ability, project))
  return placeNav(context, {
    above: project.ancestorIds,
    here: { name: project.path, path: root },
    areas: shown.map(({ label, path }) => ({ label, path: root + path })),
    page,
  })
}
