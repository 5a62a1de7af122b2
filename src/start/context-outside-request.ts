import { randomUUID } from 'node:crypto'
import type { Viewer } from '../access/viewer.ts'
import { baseUrlOf, type Config } from '../config.ts'
import type { Context } from '../context/context.ts'
import type { Log } from '../foundation/log.ts'
import type { Repositories } from '../git/open-repositories.ts'
import { reachable } from '../outgoing/reachable.ts'

type Parts = { config: Config; log: Log; repositories: Repositories }

/** The context of a use case that a command runs on the database itself. */
export const contextOutsideRequest = (viewer: Viewer, { config, log, repositories }: Parts): Context => ({
  viewer,
  requestId: randomUUID(),
  ipAddress: null,
  log,
  baseUrl: baseUrlOf(config),
  repositories,
  mayReach: reachable(config.allowedPrivateAddresses),
  // Commands import and make the demo.
  tellsNobody: true,
})
