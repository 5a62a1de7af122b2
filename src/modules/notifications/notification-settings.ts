import { can } from '../../access/abilities.ts'
import { isAccount } from '../../access/viewer.ts'
import { readsGroup } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { invalid, notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import type { NotificationLevel, User } from '../../generated/prisma/client.ts'
import { findGroup } from '../groups/find-group.ts'
import { findProject } from '../projects/find-project.ts'

/** GitLab's events, in its order. Only `new_release` makes mails here; the others are kept for GitLab's clients. */
export const notificationEvents = [
  'new_release',
  'new_note',
  'new_issue',
  'reopen_issue',
  'close_issue',
  'reassign_issue',
  'issue_due',
  'new_merge_request',
  'push_to_merge_request',
  'reopen_merge_request',
  'close_merge_request',
  'reassign_merge_request',
  'change_reviewer_merge_request',
  'merge_merge_request',
  'failed_pipeline',
  'fixed_pipeline',
  'success_pipeline',
  'moved_project',
  'merge_when_pipeline_succeeds',
] as const

export type NotificationEvent = (typeof notificationEvents)[number]
type Events = { [Name in NotificationEvent]?: boolean }

/** GitLab shows these as on when nobody has said anything. */
const ON_BY_DEFAULT: readonly string[] = ['failed_pipeline', 'fixed_pipeline']

/** Both null: the setting of the account, which counts where a project and its groups say nothing. */
export type Place = { projectId: number | null; groupId: number | null }
export type PlacePath = { projectPath?: string | null | undefined; groupPath?: string | null | undefined }

export type NotificationSettingNode = {
  level: NotificationLevel
  events: Events
  ownActivity: boolean
  email: string | null
}

const ACCOUNT: Place = { projectId: null, groupId: null }

function accountOf({ viewer }: Context): User {
  if (!isAccount(viewer) || !viewer.user) throw notFoundOrForbidden()
  return viewer.user
}

/** Whoever reads a project or a group has a setting for it. Null for what is hidden or missing. */
async function findPlace(context: Context, { projectPath, groupPath }: PlacePath): Promise<Place | null> {
  if (projectPath != null && groupPath != null) throw invalid('Only one of projectPath and groupPath may be given')
  if (projectPath != null) {
    const project = await findProject(context, projectPath)
    return project && { ...ACCOUNT, projectId: project.id }
  }
  if (groupPath == null) return ACCOUNT
  const group = await findGroup(context, groupPath)
  return group && { ...ACCOUNT, groupId: group.id }
}

type SettingOfPlace = { fullPath: string; setting: NotificationSettingNode }

const MOST_PLACES = 100

/** The settings of projects and groups that the viewer still reads, the last changed first. */
export async function settingsOfPlaces({ viewer }: Context): Promise<SettingOfPlace[]> {
  if (!isAccount(viewer) || !viewer.user) return []
  const rows = await db.notificationSetting.findMany({
    where: { userId: viewer.user.id, OR: [{ projectId: { not: null } }, { groupId: { not: null } }] },
    include: { project: true, group: true },
    orderBy: [{ updatedAt: 'desc' }, { id: 'desc' }],
    take: MOST_PLACES,
  })
  return rows.flatMap(({ project, group, level, events, ownActivity }) => {
    const isRead = project ? can(viewer, 'project:read', project) : group !== null && readsGroup(viewer, group)
    const fullPath = isRead ? (project ?? group)?.fullPath : undefined
    return fullPath === undefined
      ? []
      : [{ fullPath, setting: { level, events: events as Events, ownActivity, email: null } }]
  })
}

async function read(user: User, place: Place): Promise<NotificationSettingNode> {
  const isAccounts = place.projectId === null && place.groupId === null
  const row = await db.notificationSetting.findFirst({ where: { userId: user.id, ...place } })
  return {
    level: row?.level ?? (isAccounts ? 'participating' : 'global'),
    events: (row?.events ?? {}) as Events,
    ownActivity: row?.ownActivity ?? false,
    email: isAccounts ? user.email : null,
  }
}

export const eventsOf = ({ events }: Pick<NotificationSettingNode, 'events'>) =>
  notificationEvents.map((name) => ({ name, enabled: events[name] ?? (ON_BY_DEFAULT.includes(name) || null) }))

/** Null for nobody and for pipelines, and for what is hidden or missing. */
export async function findNotificationSetting(
  context: Context,
  path: PlacePath,
): Promise<NotificationSettingNode | null> {
  if (!isAccount(context.viewer) || !context.viewer.user) return null
  const place = await findPlace(context, path)
  return place && read(context.viewer.user, place)
}

type Changes = {
  level?: NotificationLevel | undefined
  events?: Events
  /** Whether the account wants mails about what it does itself. Of the account alone. */
  ownActivity?: boolean | undefined
}

/** Writes the setting. What is absent stays as it is. */
export async function saveSetting(userId: number, { projectId, groupId }: Place, changes: Changes): Promise<void> {
  const { level = null, events = {}, ownActivity = null } = changes
  const unset = projectId === null && groupId === null ? 'participating' : 'global'
  await db.$executeRaw`
    INSERT /* notifications.save */ INTO notification_settings AS n (user_id, project_id, group_id, level, events, own_activity)
    VALUES (${userId}, ${projectId}, ${groupId}, coalesce(${level}, ${unset})::"NotificationLevel",
      ${jsonParameter(events)}::jsonb, coalesce(${ownActivity}::bool, false))
    ON CONFLICT (user_id, project_id, group_id) DO UPDATE SET level = coalesce(${level}::"NotificationLevel", n.level),
      events = n.events || excluded.events, own_activity = coalesce(${ownActivity}::bool, n.own_activity), updated_at = now()`
}

export type NotificationUpdate = PlacePath & Changes & { email?: string | null | undefined }

/** Changes a setting of the viewer's own account. */
export async function updateNotificationSetting(
  context: Context,
  { email, projectPath, groupPath, ...changes }: NotificationUpdate,
): Promise<NotificationSettingNode> {
  const user = accountOf(context)
  const place = await findPlace(context, { projectPath, groupPath })
  if (!place) throw notFoundOrForbidden()
  // An account has one address, which the operator or a trusted issuer has set.
  if (email != null && email.toLowerCase() !== user.email?.toLowerCase()) {
    throw new RuleViolation('INVALID', 'Notification email must be the address of the account')
  }
  if (changes.ownActivity !== undefined && (place.projectId !== null || place.groupId !== null)) {
    throw new RuleViolation('INVALID', 'Own activity is a setting of the account')
  }
  await saveSetting(user.id, place, changes)
  return read(user, place)
}
