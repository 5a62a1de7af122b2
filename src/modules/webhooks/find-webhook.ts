import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import type { Webhook } from '../../generated/prisma/client.ts'
import { canIn, type Namespace } from '../projects/namespace.ts'

export type OwnedWebhook = Webhook & { namespace: Namespace }

/** The webhook, if the viewer may change it. A hidden one and a missing one give the same error. */
export async function getWebhookToChange({ viewer }: Context, id: number): Promise<OwnedWebhook> {
  const found = await db.webhook.findUnique({ where: { id }, include: { project: true, group: true } })
  const { project = null, group = null, ...webhook } = found ?? {}
  const namespace = project ? { project } : group && { group }
  if (!found || !namespace || !canIn(viewer, 'webhook:write', namespace)) throw notFoundOrForbidden()
  return { ...(webhook as Webhook), namespace }
}
