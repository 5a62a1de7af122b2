import { canInGroup, type GroupAbility } from '../../../access/group-abilities.ts'
import type { Context } from '../../../context/context.ts'
import type { Group } from '../../../generated/prisma/client.ts'
import { placeNav } from './breadcrumbs.ts'
import type { Markup } from './layout.ts'

/** Null: whoever reads the group may open it. */
type Area = { label: string; path: string; ability: GroupAbility | null }

/** What the viewer may open of a group. */
const areas: readonly Area[] = [
  { label: 'Releases', path: '/-/releases', ability: 'release:read' },
  { label: 'Milestones', path: '/-/milestones', ability: null },
  { label: 'Members', path: '/-/members', ability: 'member:read' },
  { label: 'Audit events', path: '/-/audit_events', ability: 'audit-event:read' },
  { label: 'Webhooks', path: '/-/hooks', ability: 'webhook:read' },
]

/** `page` is the path of the page that is shown. */
export function groupNav(context: Context, group: Group, page: string): Markup {
  const root = `/groups/${group.fullPath}`
  const shown = areas.filter(({ ability }) => ability === null || canInGroup(context.viewer, ability, group))
  return placeNav(context, {
    above: group.ancestorIds.filter((id) => id !== group.id),
    here: { name: group.path, path: root },
    areas: shown.map(({ label, path }) => ({ label, path: root + path })),
    page,
  })
}
