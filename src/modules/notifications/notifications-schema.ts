import { withoutUndefined } from '../../foundation/rules.ts'
import { builder } from '../../graphql/builder.ts'
import { mutation } from '../../graphql/mutation.ts'
import { CurrentUser } from '../users/user-schema.ts'
import {
  eventsOf,
  findNotificationSetting,
  type NotificationEvent,
  type NotificationSettingNode,
  settingsOfPlaces,
  updateNotificationSetting,
} from './notification-settings.ts'

const Level = builder.enumType('NotificationLevel', {
  description: 'How much an account hears of a project. Mails tell of new releases alone.',
  values: {
    DISABLED: { value: 'disabled', description: 'No mails.' },
    PARTICIPATING: { value: 'participating', description: 'No mails about new releases.' },
    WATCH: { value: 'watch', description: 'A mail for each new release.' },
    GLOBAL: { value: 'global', description: 'What the group above says, or else the account.' },
    MENTION: { value: 'mention', description: 'No mails about new releases.' },
    CUSTOM: { value: 'custom', description: 'A mail for each new release if `newRelease` is true.' },
  } as const,
})

type Event = { name: NotificationEvent; enabled: boolean | null }

const EventType = builder.objectRef<Event>('NotificationEvent').implement({
  internal: true,
  description: "One of GitLab's events.",
  access: 'public',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: "GitLab's name." }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it is on. Null when nobody has said.' }),
  }),
})

const NotificationSetting = builder.objectRef<NotificationSettingNode>('NotificationSetting').implement({
  description: "What the viewer's account is told by mail. Not in GitLab.",
  access: 'public',
  fields: (t) => ({
    level: t.expose('level', { type: Level, nullable: false, description: 'The level.' }),
    newRelease: t.boolean({
      description: 'Whether the level `CUSTOM` includes new releases. Null when nobody has said.',
      resolve: ({ events }) => events.new_release ?? null,
    }),
    ownActivity: t.exposeBoolean('ownActivity', {
      nullable: false,
      description: 'Whether the account wants mails about releases that it publishes itself. Of the account alone.',
    }),
    notificationEmail: t.exposeString('email', {
      description: 'Where mails go. Of the account alone. Null when the account has no address.',
    }),
    events: t.field({
      type: [EventType],
      internal: true,
      nullable: false,
      description: 'All events.',
      resolve: eventsOf,
    }),
  }),
})

const SettingOfPlace = builder
  .objectRef<Awaited<ReturnType<typeof settingsOfPlaces>>[number]>('NotificationPlace')
  .implement({
    internal: true,
    description: 'A project or a group that an account has a setting for.',
    access: 'public',
    fields: (t) => ({
      fullPath: t.exposeString('fullPath', { nullable: false, description: 'Its full path.' }),
      setting: t.expose('setting', { type: NotificationSetting, nullable: false, description: 'The setting.' }),
    }),
  })

builder.prismaObjectField(CurrentUser, 'notificationPlaces', (t) =>
  t.field({
    type: [SettingOfPlace],
    internal: true,
    nullable: false,
    description: 'The projects and groups that it has a setting for and reads, the last changed first: at most 100.',
    resolve: (_user, _args, context) => settingsOfPlaces(context),
  }),
)

const projectPath = "Full path of the project. Absent: the group's or the account's setting."
const groupPath = "Full path of the group. Absent: the project's or the account's setting."

builder.queryField('notificationSetting', (t) =>
  t.field({
    type: NotificationSetting,
    description:
      "What the viewer's account is told by mail about a project, about a group or in general. Null without an account, and " +
      'for what the viewer cannot read. Not in GitLab.',
    args: { projectPath: t.arg.id({ description: projectPath }), groupPath: t.arg.id({ description: groupPath }) },
    resolve: (_root, path, context) => findNotificationSetting(context, path),
  }),
)

mutation('notificationSettingUpdate', {
  ability: 'account/user:update',
  description:
    "Change what the viewer's account is told by mail, about a project or a group that it reads or in general. Not in GitLab.",
  input: (t) => ({
    projectPath: t.id({ description: projectPath }),
    groupPath: t.id({ description: groupPath }),
    level: t.field({ type: Level, description: 'The level.' }),
    newRelease: t.boolean({ description: 'Whether the level `CUSTOM` includes new releases.' }),
    ownActivity: t.boolean({
      description: 'Whether the account wants mails about releases that it publishes itself. Of the account alone.',
    }),
  }),
  payload: { notificationSetting: NotificationSetting },
  run: async (context, { level, newRelease, ownActivity, ...path }) => ({
    notificationSetting: await updateNotificationSetting(context, {
      ...path,
      level: level ?? undefined,
      ownActivity: ownActivity ?? undefined,
      events: withoutUndefined({ new_release: newRelease ?? undefined }),
    }),
  }),
})
