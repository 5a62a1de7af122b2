import { role } from '../../access/roles.ts'
import { roleInGroup, type Viewer } from '../../access/viewer.ts'
import type { Group } from '../../generated/prisma/client.ts'

/** Decides for groups. For projects the ability `audit-event:read` decides. */
export const readsGroupAuditEvents = (viewer: Viewer, group: Group): boolean =>
  roleInGroup(viewer, group) >= role.maintainer
