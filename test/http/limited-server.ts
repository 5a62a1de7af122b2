import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { AppParts } from '../../src/app.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { openRateLimits, type RateLimitSettings } from '../../src/request/rate-limits/open-rate-limits.ts'
import { DEFAULT_POINTS } from '../../src/request/rate-limits/settings.ts'
import { TrustProxy } from '../../src/request/trusted-proxies.ts'
import { startAnotherServer } from '../support/another-server.ts'
import type { TestApp } from '../support/app.ts'

type Options = Partial<RateLimitSettings> & {
  /** True: the server shares its counters with other processes. Without it: the server is alone. */
  shares?: boolean
  trustProxy?: string
  authenticate?: AppParts['authenticate']
  /** The database by which it shares. Without it: the database of the app. */
  sharesBy?: string
}

/** Starts a server on the same database, with few points and counters of its own, until the test ends. */
export async function limitedServer(
  app: TestApp,
  { shares, sharesBy = app.databaseUrl, trustProxy, authenticate, ...limits }: Options,
): Promise<TestApp> {
  const metrics = createMetrics()
  const { rateLimits, close } = openRateLimits({
    settings: { ...DEFAULT_POINTS, ...limits },
    url: shares ? sharesBy : null,
    metrics,
    log: pino({ level: 'silent' }),
  })
  onTestFinished(close)
  const who = authenticate ? { authenticate } : {}
  return startAnotherServer(app, { rateLimits, metrics, trustProxy: TrustProxy.parse(trustProxy), ...who })
}
