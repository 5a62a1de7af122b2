import { z } from 'zod'
import { repositoryDirectory } from '../../git/mirror-repository.ts'
import { forgetDeliveries, queueDeliveries } from '../../modules/webhooks/queue-deliveries.ts'
import type { TaskParts } from '../tasks.ts'

const Owner = z.object({ projectId: z.int().nullable(), groupId: z.int().nullable() })

/** Makes deliveries of what has happened. They are sent without a job, because receivers may be slow. */
export async function queueWebhooksTask(payload: unknown, parts: TaskParts): Promise<void> {
  const { baseUrl, repositoriesDir, signal, wakeDeliveries } = parts
  const directory = (projectId: number) => repositoryDirectory(repositoriesDir, projectId)
  await queueDeliveries(Owner.parse(payload), { baseUrl, directory, signal })
  wakeDeliveries()
}

export async function forgetWebhookDeliveriesTask(_payload: unknown, { log }: TaskParts): Promise<void> {
  const count = await forgetDeliveries()
  if (count > 0) log.info({ count }, 'old events of webhooks were forgotten')
}
