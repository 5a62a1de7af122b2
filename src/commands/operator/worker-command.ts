import { getRequestListener } from '@hono/node-server'
import { Command, InvalidArgumentError } from 'commander'
import { baseUrlOf, type Config, loadConfig } from '../../config.ts'
import { createLog, type Log } from '../../foundation/log.ts'
import { assertGit } from '../../git/assert-git.ts'
import { createRepositories } from '../../git/open-repositories.ts'
import { createMetrics, type Metrics } from '../../http/metrics.ts'
import { metricsRoutes } from '../../http/metrics-routes.ts'
import { serveOn } from '../../http/port.ts'
import { startWorker } from '../../jobs/worker.ts'
import { reachable } from '../../outgoing/reachable.ts'
import { type OpenDatabase, openDatabase } from '../../start/open-database.ts'
import { openKeptMails, openMails } from '../../start/open-mails.ts'
import { openObservedStorage } from '../../start/open-storage.ts'
import { openTraces } from '../../start/open-traces.ts'
import { watchedProcess } from '../../start/watched-process.ts'
import { assertFoldersWritable } from '../../start/writable-folders.ts'
import { closeOnSignal } from './close-on-signal.ts'

const DEFAULT_CONCURRENCY = 20
const MAX_CONCURRENCY = 100

function parseConcurrency(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= MAX_CONCURRENCY) return number
  throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_CONCURRENCY}.`)
}

function parsePort(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number
  throw new InvalidArgumentError('It must be a number from 1 to 65535.')
}

type WorkOptions = { concurrency: number; metricsPort?: number }
type StartOptions = WorkOptions & { config: Config; log: Log }
type Running = { close: () => Promise<void> }

/** Prometheus asks each process for itself, because workers may run on other machines than servers. */
async function serveMetrics({ config, metricsPort }: StartOptions, metrics: Metrics): Promise<Running> {
  if (metricsPort === undefined) return { close: async () => {} }
  const { fetch } = metricsRoutes({ metrics, metricsToken: config.metricsToken })
  return serveOn({ host: config.host, port: metricsPort, setting: '--metrics-port' }, getRequestListener(fetch))
}

async function startJobs(
  { config, log, concurrency }: StartOptions,
  metrics: Metrics,
  database: OpenDatabase,
): Promise<Running> {
  // The base URL of the server, because jobs write the server's URLs.
  const baseUrl = baseUrlOf(config)
  const { repositoriesDir, auditAddressDays } = config
  const mayReach = reachable(config.allowedPrivateAddresses)
  const repositories = createRepositories({ directory: repositoriesDir, log, processes: config.gitProcesses })
  const keptMails = openKeptMails(config, database)
  const mails = openMails(config, { keptMails, baseUrl, repositories, mayReach, log, onMail: metrics.observeMail })
  const worker = await startWorker({
    ...{ url: database.directUrl, mails, baseUrl, repositoriesDir, mayReach, auditAddressDays, concurrency, log },
    storage: await openObservedStorage(config, metrics, log),
    onJob: metrics.observeJob,
    onDelivery: metrics.observeDelivery,
  })
  const close = async () => {
    await worker.stop()
    mails?.mailer.close()
    await repositories.close()
  }
  return { close }
}

async function start(options: StartOptions): Promise<Running> {
  const { config, log } = options
  await assertGit()
  await assertFoldersWritable(config)
  const metrics = createMetrics()
  const listening = await serveMetrics(options, metrics)
  const traces = await openTraces(config, { log, metrics })
  const closing = [listening.close, traces.close]
  const close = async () => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const database = await openDatabase(config, log, { mayCreate: false })
    closing.push(database.close)
    metrics.watch({ ...watchedProcess(config), unready: database.unready })
    const jobs = await startJobs(options, metrics, database)
    closing.push(jobs.close)
    return { close }
  } catch (error) {
    await close()
    throw error
  }
}

async function work(options: WorkOptions): Promise<void> {
  const config = loadConfig(process.env)
  const log = createLog({
    level: config.logLevel,
    pretty: !config.production && process.stderr.isTTY,
    traces: config.traces,
  })
  const starting = start({ config, log, ...options })
  closeOnSignal(starting, log)
  await starting
  process.stdout.write('Waybill is running jobs.\n')
}

export const workerCommand = () =>
  new Command('worker')
    .description(
      'Run jobs in a process apart from the server. Configured like the server; set BASE_URL to the address of the server.',
    )
    .option('--concurrency <jobs>', 'jobs at a time', parseConcurrency, DEFAULT_CONCURRENCY)
    .option('--metrics-port <port>', 'also serve /metrics of this process, on this port of HOST', parsePort)
    .action(work)
