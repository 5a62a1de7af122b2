import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono, type MiddlewareHandler } from 'hono'
import type { Metrics } from './metrics.ts'

export type MetricsParts = {
  metrics: Metrics
  /** The token that `/metrics` needs; null: none. */
  metricsToken: string | null
}

const digestOf = (text: string) => createHash('sha256').update(text).digest()

/** Compares digests, which have the same length, so that the time does not reveal how much of a wrong token is right. */
function withBearer(token: string): MiddlewareHandler {
  const expected = digestOf(token)
  return (c, next) => {
    const [, given = ''] = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? []
    if (timingSafeEqual(digestOf(given), expected)) return next()
    const challenge = { 'www-authenticate': 'Bearer realm="metrics"' }
    return Promise.resolve(c.json({ message: '401 Unauthorized' }, 401, challenge))
  }
}

export function metricsRoutes({ metrics, metricsToken }: MetricsParts): Hono {
  const routes = new Hono()
  if (metricsToken !== null) routes.use('/metrics', withBearer(metricsToken))
  return routes.get('/metrics', async (c) =>
    c.body(await metrics.print(), 200, { 'content-type': metrics.contentType }),
  )
}
