import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { type AppParts, createApp } from '../../src/app.ts'
import { createAuthenticator } from '../../src/authentication/authenticate.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { createReleaseChanges } from '../../src/modules/live/hear-release-changes.ts'
import { openRateLimits } from '../../src/request/rate-limits/open-rate-limits.ts'
import { DEFAULT_POINTS } from '../../src/request/rate-limits/settings.ts'
import { graphqlParts, type TestApp } from './app.ts'

/** Starts a server on the same database, as another process would, until the test ends. */
export async function startAnotherServer(
  app: TestApp,
  { listenTo = app.databaseUrl, ...different }: Partial<AppParts> & { listenTo?: string } = {},
): Promise<TestApp> {
  const log = pino({ level: 'silent' })
  const changes = createReleaseChanges({ url: listenTo, log })
  const metrics = createMetrics()
  const service = { metrics, metricsToken: null, unready: async () => null }
  const { rateLimits } = openRateLimits({ settings: DEFAULT_POINTS, url: null, metrics, log })
  const { url: baseUrl, repositories, archives, storage } = app
  const authenticate = createAuthenticator({ jwtIssuers: [] })
  const shared = { baseUrl, repositories, archives, storage, mayReach: () => false }
  const parts = {
    ...graphqlParts,
    trustProxy: undefined,
    rateLimits,
    authenticate,
    ...shared,
    changes,
    log,
  }
  const server = createServer(createApp({ ...parts, ...service, ...different }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await changes.close()
    server.closeAllConnections()
    server.close()
  })
  return { ...app, changes, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
