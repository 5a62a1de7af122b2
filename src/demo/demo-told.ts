// Who is told of the demo's releases: some of its people by mail, and a receiver of its own by a webhook.
import { randomBytes } from 'node:crypto'
import { db } from '../database/db.ts'
import { updateNotificationSetting } from '../modules/notifications/notification-settings.ts'
import { createWebhook, updateWebhook } from '../modules/webhooks/webhook-service.ts'
import type { As, DemoUsername } from './demo-people.ts'

const NAME = 'Receiver of the demo'
const READERS: readonly DemoUsername[] = ['maintainer', 'reporter', 'guest']

/** The URL follows the server, whose port may change. */
async function ensureWebhook(as: As, projectPath: string, baseUrl: string): Promise<void> {
  const url = `${baseUrl}/-/demo/receiver`
  const present = await db.webhook.findFirst({ where: { name: NAME, project: { fullPath: projectPath } } })
  if (present?.url === url) return
  const context = await as('maintainer')
  const signingToken = `whsec_${randomBytes(32).toString('base64')}`
  if (present) await updateWebhook(context, { id: present.id, url, signingToken })
  else {
    await createWebhook(context, {
      ...{ projectPath, url, name: NAME, signingToken },
      description: 'Takes everything that it is told.',
      events: ['releases_events', 'release_publish_events', 'tag_push_events', 'milestone_events'],
    })
  }
}

/** A setting that somebody made stays. */
async function ensureReaders(as: As, groupPath: string): Promise<void> {
  for (const username of READERS) {
    const present = await db.notificationSetting.count({ where: { user: { username } } })
    if (present === 0) await updateNotificationSetting(await as(username), { groupPath, level: 'watch' })
  }
}

export type Told = { projectPath: string; groupPath: string; baseUrl: string; keepsMails: boolean }

export async function ensureTold(as: As, { projectPath, groupPath, baseUrl, keepsMails }: Told): Promise<void> {
  await ensureWebhook(as, projectPath, baseUrl)
  if (keepsMails) await ensureReaders(as, groupPath)
}
