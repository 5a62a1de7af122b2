import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { createAuthenticator } from '../../src/modules/access/authenticate.ts'
import { createReleaseChanges } from '../../src/modules/live/release-changes.ts'
import { schema } from '../../src/schema.ts'
import type { TestApp } from './app.ts'

/** On the same database, as another process would be, until the test ends. */
export async function startAnotherServer(app: TestApp, listenTo = app.databaseUrl): Promise<TestApp> {
  const log = pino({ level: 'silent' })
  const changes = createReleaseChanges({ url: listenTo, log })
  const service = { metrics: createMetrics(), metricsToken: null, unready: async () => null }
  const { url: baseUrl, repositories, archives, storage, artifactsDir } = app
  const authenticate = createAuthenticator({ jwtIssuers: [] })
  const shared = { baseUrl, repositories, archives, storage, artifactsDir }
  const parts = { schema, responseCache: true, authenticate, ...shared, changes, log }
  const server = createServer(createApp({ ...parts, ...service }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await changes.close()
    server.closeAllConnections()
    server.close()
  })
  return { ...app, changes, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
