import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { ask } from './graphql.ts'
import { mutate, mutation } from './send-mutation.ts'
import type { Namespace, Server } from './server-connection.ts'

const Setting = z.object({
  level: z.string().transform((level) => level.toLowerCase()),
  newRelease: z.boolean().nullable(),
  ownActivity: z.boolean(),
  notificationEmail: z.string().nullable(),
})
export type Setting = z.output<typeof Setting>

const FIELDS = '{ level newRelease ownActivity notificationEmail }'

const read = {
  document: `query notificationSetting($projectPath: ID, $groupPath: ID) {
    setting: notificationSetting(projectPath: $projectPath, groupPath: $groupPath) ${FIELDS} }`,
  data: z.object({ setting: Setting.nullable() }),
}

const update = mutation('notificationSettingUpdate', `notificationSetting ${FIELDS}`, Setting)

export async function readNotifications(server: Server, where: Namespace): Promise<Setting> {
  const { setting } = await ask(server, read, where)
  if (!setting) throw invalid('There are no settings: give the token of an account that may read the project or group')
  return setting
}

export type Changes = { level?: string; newRelease?: boolean; ownActivity?: boolean }

export const updateNotifications = (
  server: Server,
  where: Namespace,
  { level, ...changes }: Changes,
): Promise<Setting> => mutate(server, update, { ...where, ...changes, level: level?.toUpperCase() })
