// What the account is told by mail: about everything, or about the project or the group whose path is in the query.
import type { Context } from '../../../context/context.ts'
import { notFoundOrForbidden } from '../../../foundation/errors.ts'
import { updateNotificationSetting } from '../../../modules/notifications/notification-settings.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import type { FormPage } from '../kit/form-page.ts'
import { choiceIn, isGiven } from '../kit/given.ts'
import type { Page } from '../kit/layout.ts'
import type { Asked } from '../kit/pages.ts'
import { notificationsOfPlace, ownNotifications } from './account-documents.ts'
import { accountNav } from './account-nav.ts'
import { levelsOf, notificationsPage, placeNotificationsPage } from './notifications-page.ts'

const pathIn = ({ c }: Asked): string => c.req.query('path') ?? ''
const listOf = ({ baseUrl }: Context) => `${baseUrl}/-/notifications`

async function placeOf(context: Context, path: string) {
  const { project, group } = await notificationsOfPlace(context, { path })
  if (project) return { setting: project, place: { projectPath: path } }
  return group && { setting: group, place: { groupPath: path } }
}

export const notificationForm: FormPage<Asked> = {
  show: async (asked, filled): Promise<Page | null> => {
    const { context } = asked
    const path = pathIn(asked)
    const nav = accountNav(context)
    if (path === '') {
      return { title: 'Notifications', nav, body: notificationsPage(await ownNotifications(context, {}), filled) }
    }
    const found = await placeOf(context, path)
    if (!found) return null
    const body = placeNotificationsPage(path, found.setting, { filled, back: listOf(context) })
    return { title: `Notifications of ${path}`, nav, body }
  },
  write: async (asked, given: Fields) => {
    const { context } = asked
    const path = pathIn(asked)
    const values = levelsOf(path).map(([value]) => value)
    const level = choiceIn(given, { name: 'level', label: 'Level', values })
    const events = { new_release: isGiven(given, 'new_release') }
    if (path === '') {
      await updateNotificationSetting(context, { level, events, ownActivity: isGiven(given, 'own_activity') })
      return listOf(context)
    }
    const found = await placeOf(context, path)
    if (!found) throw notFoundOrForbidden()
    await updateNotificationSetting(context, { ...found.place, level, events })
    return listOf(context)
  },
}
