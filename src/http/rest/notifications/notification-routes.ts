import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { NotificationSettingQueryVariables } from '../../../generated/documents.ts'
import {
  type NotificationEvent,
  notificationEvents,
  type PlacePath,
  updateNotificationSetting,
} from '../../../modules/notifications/notification-settings.ts'
import { type Endpoint, endpointsOf } from '../kit/endpoint.ts'
import { flag, optional, text } from '../kit/fields.ts'
import { orNotFound, unauthorized } from '../kit/rest-errors.ts'
import { getGroup, getProject } from '../kit/subjects.ts'
import { setting } from './notification-documents.ts'

const rest = endpointsOf('Notification settings')

const LEVELS = ['disabled', 'participating', 'watch', 'global', 'mention', 'custom'] as const

const events = Object.fromEntries(notificationEvents.map((name) => [name, optional(flag)])) as Record<
  NotificationEvent,
  ReturnType<typeof optional<typeof flag>>
>

const SettingBody = z
  .object({
    level: z.enum(LEVELS),
    notification_email: z.string().nullable().optional(),
    events: z.record(z.string(), z.boolean().nullable()).optional(),
  })
  .meta({
    id: 'NotificationSetting',
    description: 'The account alone has `notification_email`. `events` is there when the level is `custom`.',
  })

async function answer(context: Context, path: PlacePath, isAccounts: boolean): Promise<object> {
  const shown = orNotFound((await setting(context, path as NotificationSettingQueryVariables)).setting)
  const level = shown.level.toLowerCase()
  return {
    level,
    ...(isAccounts ? { notification_email: shown.notificationEmail } : {}),
    ...(level === 'custom'
      ? { events: Object.fromEntries(shown.events.map(({ name, enabled }) => [name, enabled])) }
      : {}),
  }
}

type Of = { path: string; name: string; find: (context: Context, id: string) => Promise<PlacePath> }

function assertAccount({ viewer }: Context): void {
  if (!viewer.user) throw unauthorized()
}

function settingsOf({ path, name, find }: Of): Endpoint[] {
  const isAccounts = path === ''
  const id = isAccounts ? {} : { id: text('fullPath').describe(`The number of the ${name}, or its encoded full path.`) }
  const shared = {
    ability: 'account/user:update',
    answers: { 200: SettingBody },
    find: (context: Context, fields: { id: string }) => {
      assertAccount(context)
      return find(context, fields.id)
    },
  } as const
  const settings = `${path}/notification_settings`
  const operation = name.charAt(0).toUpperCase() + name.slice(1)
  const get = rest.get(settings, {
    ...shared,
    operationId: `get${operation}NotificationSettings`,
    summary: `What your account is told by mail about ${isAccounts ? 'everything else' : `a ${name}`}`,
    input: z.object(id),
    handle: ({ context, found }) => answer(context, found, isAccounts),
  })
  const put = rest.put(settings, {
    ...shared,
    operationId: `update${operation}NotificationSettings`,
    summary: `Change what your account is told by mail about ${isAccounts ? 'everything else' : `a ${name}`}`,
    description: 'Only `new_release` makes mails. The other events are kept for clients of GitLab.',
    input: z.object({
      ...id,
      level: optional(z.enum(LEVELS)).describe('The level.'),
      ...(isAccounts
        ? { notification_email: text('name').nullish().describe('The address of the account, which cannot be chosen.') }
        : {}),
      ...events,
    }),
    handle: async ({ context, found, input }) => {
      const { level, notification_email: email } = input as {
        level?: (typeof LEVELS)[number]
        notification_email?: string
      }
      const given = notificationEvents.flatMap((event) => {
        const enabled = (input as Partial<Record<NotificationEvent, boolean | null>>)[event]
        return enabled == null ? [] : [[event, enabled]]
      })
      const changes = { level: level ?? undefined, email, events: Object.fromEntries(given) }
      await updateNotificationSetting(context, { ...found, ...changes })
      return answer(context, found, isAccounts)
    },
  })
  return [get, put]
}

export const notificationEndpoints = [
  ...settingsOf({ path: '', name: 'account', find: async () => ({}) }),
  ...settingsOf({
    path: '/groups/:id',
    name: 'group',
    find: async (context, id) => ({ groupPath: (await getGroup(context, { id })).fullPath }),
  }),
  ...settingsOf({
    path: '/projects/:id',
    name: 'project',
    find: async (context, id) => ({ projectPath: (await getProject(context, id)).fullPath }),
  }),
]
