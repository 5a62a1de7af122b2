import type { ContextParts } from '../../../request/request-context.ts'
import { groupPages } from '../kit/pages.ts'
import { addWebhookPages } from './webhook-page-routes.ts'

export function groupWebhookRoutes(parts: ContextParts) {
  const pages = groupPages(parts)
  addWebhookPages(pages)
  return pages.routes
}
