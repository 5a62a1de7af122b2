import path from 'node:path'
import type { AppParts } from '../app.ts'
import { createAuthenticator } from '../authentication/authenticate.ts'
import type { Config } from '../config.ts'
import { connectReplicas, replicas } from '../database/db.ts'
import type { Log } from '../foundation/log.ts'
import { createRepositories } from '../git/open-repositories.ts'
import { createMetrics, type Metrics } from '../http/metrics.ts'
import { showAlive } from '../idempotency/holder.ts'
import { startWorker } from '../jobs/worker.ts'
import { createArchives } from '../modules/archives/archives.ts'
import { createReleaseChanges } from '../modules/live/hear-release-changes.ts'
import { reachable } from '../outgoing/reachable.ts'
import type { TrustedDocuments } from '../pipeline/trusted-documents.ts'
import { openRateLimits } from '../request/rate-limits/open-rate-limits.ts'
import { schema } from '../schema.ts'
import type { OpenDatabase } from './open-database.ts'
import { openKeptMails, openMails } from './open-mails.ts'
import { openObservedStorage } from './open-storage.ts'
import { openTraces } from './open-traces.ts'
import { watchedProcess } from './watched-process.ts'

/** Many jobs at a time cost little more than one, because they share their statements. */
const JOBS_AT_A_TIME = 20

export type Opening = {
  config: Config
  baseUrl: string
  trustedDocuments: TrustedDocuments | null
  database: OpenDatabase
  log: Log
  runsJobs: boolean
  stopping: { begun: boolean }
}

type OpenParts = {
  parts: AppParts
  /** Closes all parts after `finish` has answered the last request. The database is closed last. */
  close: (finish: () => Promise<void>) => Promise<void>
}

/** Returns what closes them. */
function openReplicas({ databaseReadUrl: url, databaseReadMaxLagMs: maxLagMs }: Config, metrics: Metrics, log: Log) {
  if (url === null) return async () => {}
  const close = connectReplicas({ url, maxLagMs, log, onRead: metrics.observeRead })
  metrics.watchReplicas(replicas?.all ?? [])
  return close
}

/** Opens the configured parts that answer requests. They are closed in the reverse order. */
export async function openParts(opening: Opening): Promise<OpenParts> {
  const { config, baseUrl, trustedDocuments, database, log, runsJobs, stopping } = opening
  const { dataDir, repositoriesDir } = config
  const { url, directUrl } = database
  const unready = async () => (stopping.begun ? 'the server is stopping' : database.unready())
  const repositories = createRepositories({ directory: repositoriesDir, log, processes: config.gitProcesses })
  const metrics = createMetrics()
  const traces = await openTraces(config, { log, metrics })
  const storage = await openObservedStorage(config, metrics, log)
  const directory = path.join(dataDir, 'archives')
  const archives = await createArchives({ directory, storage, log, bounds: config.archives })
  const closeReplicas = openReplicas(config, metrics, log)
  metrics.watch(watchedProcess(config))
  const mayReach = reachable(config.allowedPrivateAddresses)
  const keptMails = openKeptMails(config, database)
  const mails = openMails(config, { keptMails, baseUrl, repositories, mayReach, log, onMail: metrics.observeMail })
  const jobs = {
    url: directUrl,
    baseUrl,
    storage,
    repositoriesDir,
    mayReach,
    auditAddressDays: config.auditAddressDays,
    mails,
    concurrency: JOBS_AT_A_TIME,
    log,
    onJob: metrics.observeJob,
    onDelivery: metrics.observeDelivery,
  }
  const worker = runsJobs ? await startWorker(jobs) : null
  const changes = createReleaseChanges({ url: directUrl, log })
  const alive = await showAlive({ url: directUrl, log })
  const { rateLimits, close: closeRateLimits } = openRateLimits({ settings: config.rateLimits, url, metrics, log })
  const parts: AppParts = {
    ...config,
    ...{ schema, baseUrl, repositories, archives, storage, changes, rateLimits, metrics, unready, stopping, log },
    keptMails,
    mayReach,
    authenticate: createAuthenticator({ jwtIssuers: config.jwtIssuers }),
    trustedDocuments,
  }
  const close = async (finish: () => Promise<void>) => {
    const finished = finish()
    // Ends the subscriptions, because their requests would never finish.
    await changes.close()
    await Promise.all([finished, worker?.stop()])
    mails?.mailer.close()
    await repositories.close()
    await closeRateLimits()
    await alive.close()
    await closeReplicas()
    await database.close()
    await traces.close()
  }
  return { parts, close }
}
