// The memberships of an account, as far as the viewer has a role there as well.
import { z } from 'zod'
import { isAdministrator, type Viewer } from '../../access/viewer.ts'
import { groupsOf, projectsOf } from '../../access/visibility.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { IdValue } from '../../rows/cursor-values.ts'
import type { Order } from '../../rows/keyset.ts'
import { table } from '../../rows/table.ts'
import type { Member } from './member-rows.ts'

const { userId, role, expiresAt, createdAt } = Prisma.ProjectMemberScalarFieldEnum
const fields = { userId, role, expiresAt, createdAt }
const dates = { expiresAt: true, createdAt: true } as const

export type ProjectMembership = Member & { projectId: number }
export type GroupMembership = Member & { groupId: number }

/** By the id of the project or group, which is unique among the memberships of an account. */
const by = <Name extends 'projectId' | 'groupId'>(
  name: Name,
  column: string,
): Order<Member & { [Key in Name]: number }> => ({
  name: `MEMBERSHIPS_${name}`,
  direction: 'asc',
  terms: [Prisma.raw(column)],
  casts: ['int'],
  values: z.tuple([IdValue]),
  fields: [name],
  position: (row) => [row[name]],
})

const joined = (what: 'project' | 'group', alias: 'p' | 'g') =>
  Prisma.raw(`${what}_members m JOIN ${what}s ${alias} ON ${alias}.id = m.${what}_id`)

const inForce = Prisma.sql`AND (m.expires_at IS NULL OR m.expires_at > now())`

export const projectMemberships = {
  children: table<ProjectMembership>('project_members', 'm', {
    fields: { ...fields, projectId: 'projectId' },
    dates,
  }).childrenOf({ column: 'm.user_id', from: joined('project', 'p') }),
  order: by('projectId', 'm.project_id'),
  where: (viewer: Viewer) => (isAdministrator(viewer) ? inForce : Prisma.sql`${inForce} AND ${projectsOf(viewer)}`),
}

export const groupMemberships = {
  children: table<GroupMembership>('group_members', 'm', {
    fields: { ...fields, groupId: 'groupId' },
    dates,
  }).childrenOf({ column: 'm.user_id', from: joined('group', 'g') }),
  order: by('groupId', 'm.group_id'),
  where: (viewer: Viewer) => (isAdministrator(viewer) ? inForce : Prisma.sql`${inForce} AND ${groupsOf(viewer)}`),
}
