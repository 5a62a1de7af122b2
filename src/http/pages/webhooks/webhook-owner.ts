// Webhooks belong to a project or to a group. Their pages are the same.
import type { Context } from '../../../context/context.ts'
import { notFoundOrForbidden } from '../../../foundation/errors.ts'
import type { Webhook } from '../../../generated/prisma/client.ts'
import { canIn, type Namespace } from '../../../modules/projects/namespace.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { findWebhook } from '../../../modules/webhooks/webhook-loaders.ts'
import { pathNumber } from '../kit/given.ts'
import type { AskedOfGroup, AskedOfProject } from '../kit/pages.ts'

export type Owned = AskedOfProject | AskedOfGroup

export const namespaceOf = (asked: Owned): Namespace =>
  'project' in asked ? { project: asked.project } : { group: asked.group }

export const nameOf = (asked: Owned): string => ('project' in asked ? asked.project : asked.group).name

export const pathOf = (asked: Owned) =>
  'project' in asked ? { projectPath: asked.project.fullPath } : { groupPath: asked.group.fullPath }

const urlOf = (context: Context, asked: Owned) =>
  'project' in asked ? projectUrl(context, asked.project) : `${context.baseUrl}/groups/${asked.group.fullPath}`

/** The URL of the list, which the URLs of all its webhooks begin with. */
export const hooksUrl = (asked: Owned): string => `${urlOf(asked.context, asked)}/-/hooks`

/** To whoever may not read them, webhooks are no empty list but a page that is missing. */
export const mayRead = (asked: Owned): boolean => canIn(asked.context.viewer, 'webhook:read', namespaceOf(asked))

/** The webhook whose number is in the path; null for viewers who may not read it. */
export const findAsked = async (asked: Owned): Promise<Webhook | null> =>
  mayRead(asked) ? findWebhook(namespaceOf(asked), pathNumber(asked.c)) : null

export async function getAsked(asked: Owned): Promise<Webhook> {
  const webhook = await findAsked(asked)
  if (!webhook) throw notFoundOrForbidden()
  return webhook
}
