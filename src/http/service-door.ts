import { Hono } from 'hono'
import type { Metrics } from './metrics.ts'
import { requestScope } from './request-scope.ts'

export type ServiceParts = {
  metrics: Metrics
  /** Why requests cannot be answered now; null when they can. */
  unready: () => Promise<string | null>
}

/** Everything that is not GraphQL. */
export function createServiceDoor({ metrics, unready }: ServiceParts): Hono {
  const app = new Hono()
  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/ready', async (c) => {
    const reason = await unready()
    return reason === null ? c.json({ status: 'ready' }) : c.json({ status: 'unready', reason }, 503)
  })
  app.get('/metrics', async (c) => c.body(await metrics.print(), 200, { 'content-type': metrics.contentType }))
  app.get('/', (c) => c.redirect('/graphql'))
  app.notFound((c) => c.json({ message: '404 Not Found' }, 404))
  app.onError((error, c) => {
    const scope = requestScope.getStore()
    scope?.log.error({ err: error }, 'request failed')
    return c.json({ message: '500 Internal Server Error', request_id: scope?.id }, 500)
  })
  return app
}
