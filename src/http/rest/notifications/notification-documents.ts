import type { NotificationSettingQuery, NotificationSettingQueryVariables } from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

export const setting = document<NotificationSettingQuery, NotificationSettingQueryVariables>(
  'setting',
  /* GraphQL */ `
    query NotificationSetting($projectPath: ID, $groupPath: ID) {
      setting: notificationSetting(projectPath: $projectPath, groupPath: $groupPath) {
        level
        notificationEmail
        events { name enabled }
      }
    }
  `,
)
