import { Command, Option } from 'commander'
import { type Changes, readNotifications, type Setting, updateNotifications } from '../client/notifications.ts'
import { type NamespaceOptions, withNamespace } from './namespace-options.ts'
import { print } from './output.ts'
import { serverOf } from './server-options.ts'

const LEVELS = ['disabled', 'participating', 'watch', 'global', 'mention', 'custom']

/** Without a project and a group: the setting of the account. */
const placeOf = ({ project, group }: NamespaceOptions) => ({ projectPath: project, groupPath: group })

const line = ({ level, newRelease }: Setting) =>
  level === 'custom' ? `custom, ${newRelease ? 'with' : 'without'} new releases` : level

async function show(options: NamespaceOptions): Promise<void> {
  const setting = await readNotifications(serverOf(options), placeOf(options))
  print(options, setting, line(setting))
}

async function set({ level, newRelease, ownActivity, ...options }: NamespaceOptions & Changes): Promise<void> {
  const changes = { level, newRelease, ownActivity } as Changes
  const setting = await updateNotifications(serverOf(options), placeOf(options), changes)
  print(options, setting, line(setting))
}

export const notificationCommand = () =>
  new Command('notification')
    .description('Show and choose of what mails tell: of a project, of a group, or in general.')
    .addCommand(withNamespace(new Command('show').description('Show a setting.')).action(show))
    .addCommand(
      withNamespace(new Command('set').description('Change a setting.'))
        .addOption(new Option('--level <level>', 'watch: a mail for each new release').choices(LEVELS))
        .option('--new-release', 'with the level custom: mails about new releases')
        .option('--no-new-release', 'with the level custom: no mails about new releases')
        .option('--own-activity', 'mails also about your own releases, for the account alone')
        .option('--no-own-activity', 'no mails about your own releases')
        .action(set),
    )
