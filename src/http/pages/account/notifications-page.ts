import { html } from 'hono/html'
import { maxCharacters } from '../../../foundation/text-limits.ts'
import type { NotificationsOfPlaceQuery, OwnNotificationsQuery } from '../../../generated/documents.ts'
import { checkbox, choiceField, formOf } from '../kit/form-fields.ts'
import type { Filled } from '../kit/form-page.ts'
import type { Markup } from '../kit/layout.ts'
import { wideTable } from '../kit/wide-table.ts'

type Setting = NonNullable<NotificationsOfPlaceQuery['project']>

const ofAccount = [
  ['watch', 'Watch: a mail for each new release'],
  ['participating', 'Participate: no mails about new releases'],
  ['mention', 'On mention: no mails about new releases'],
  ['custom', 'Custom: what is chosen below'],
  ['disabled', 'Disabled: no mails'],
] as const

const ofPlace = [['global', 'Global: what the group above says, or else the account'], ...ofAccount] as const

export const levelsOf = (path: string): readonly (readonly [(typeof ofPlace)[number][0], string])[] =>
  path === '' ? ofAccount : ofPlace

const levelName = (level: string) => levelsOf('any').find(([name]) => name === level.toLowerCase())?.[1] ?? level

const fieldsOf = (path: string, { level, newRelease }: Setting, filled: Filled) => [
  choiceField(filled, { name: 'level', label: 'Level', stored: level.toLowerCase(), options: levelsOf(path) }),
  checkbox(filled, {
    name: 'new_release',
    label: 'New releases',
    hint: 'Counts with the level Custom.',
    stored: newRelease ?? false,
  }),
]

const places = (path: string, all: NonNullable<OwnNotificationsQuery['currentUser']>['notificationPlaces']) => html`
<h2>Projects and groups</h2>
<form class="find"><div><label for="path">Full path of a project or a group</label><input id="path" name="path" required maxlength="${maxCharacters.fullPath}" value="${path}"></div><button class="secondary">Open</button></form>
${
  all.length === 0
    ? html`<p>No project and no group has a setting of its own.</p>`
    : wideTable({
        name: 'Projects and groups',
        heads: ['Project or group', 'Level'],
        rows: all.map(
          ({ fullPath, setting }) =>
            html`<tr><th scope="row"><a href="?path=${encodeURIComponent(fullPath)}">${fullPath}</a></th><td>${levelName(setting.level)}</td></tr>`,
        ),
      })
}`

export function notificationsPage({ notificationSetting, currentUser }: OwnNotificationsQuery, filled: Filled): Markup {
  if (!notificationSetting || !currentUser) return html``
  const { notificationEmail: address, ownActivity } = notificationSetting
  const fields = [
    ...fieldsOf('', notificationSetting, filled),
    checkbox(filled, { name: 'own_activity', label: 'Also what I publish myself', stored: ownActivity }),
  ]
  return html`<h1>Notifications</h1>
<p>${address ? html`Mails go to <strong>${address}</strong>.` : 'The account has no address, so it gets no mails.'}</p>
${formOf({ action: '', submit: 'Save', filled, fields })}
${places('', currentUser.notificationPlaces)}`
}

export const placeNotificationsPage = (
  path: string,
  setting: Setting,
  { filled, back }: { filled: Filled; back: string },
): Markup => html`
<h1>Notifications of ${path}</h1>
${formOf({ action: '', submit: 'Save', filled, fields: fieldsOf(path, setting, filled) })}
<p><a href="${back}">All notifications</a></p>`
