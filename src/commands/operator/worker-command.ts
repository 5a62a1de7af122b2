import path from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { baseUrlOf, type Config, loadConfig } from '../../config.ts'
import { createLog, type Log } from '../../foundation/log.ts'
import { assertGit } from '../../git/assert-git.ts'
import { createRepositories } from '../../git/open-repositories.ts'
import { startWorker } from '../../jobs/worker.ts'
import { reachable } from '../../outgoing/reachable.ts'
import { openDatabase } from '../../start/open-database.ts'
import { openMails } from '../../start/open-mails.ts'
import { assertFoldersWritable } from '../../start/writable-folders.ts'
import { createStorage } from '../../storage/create-storage.ts'
import { closeOnSignal } from './close-on-signal.ts'

const DEFAULT_CONCURRENCY = 20
const MAX_CONCURRENCY = 100

function parseConcurrency(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= MAX_CONCURRENCY) return number
  throw new InvalidArgumentError(`It must be a number from 1 to ${MAX_CONCURRENCY}.`)
}

type StartOptions = { config: Config; log: Log; concurrency: number }

async function start({ config, log, concurrency }: StartOptions): Promise<{ close: () => Promise<void> }> {
  await assertGit()
  await assertFoldersWritable(config)
  const database = await openDatabase(config, log, { mayCreate: false })
  // The base URL of the server, because jobs write the server's URLs.
  const baseUrl = baseUrlOf(config)
  try {
    const storage = createStorage(config)
    const { repositoriesDir, auditAddressDays } = config
    const mayReach = reachable(config.allowedPrivateAddresses)
    const artifactsDir = path.join(config.dataDir, 'artifacts')
    const repositories = createRepositories({ directory: repositoriesDir, log, processes: config.gitProcesses })
    const mails = openMails(config, { baseUrl, repositories, mayReach, log, onMail: () => {} })
    const parts = {
      mails,
      baseUrl,
      storage,
      repositoriesDir,
      artifactsDir,
      mayReach,
      auditAddressDays,
      concurrency,
      log,
    }
    const worker = await startWorker({ url: database.directUrl, ...parts })
    const close = async () => {
      await worker.stop()
      mails?.mailer.close()
      await repositories.close()
      await database.close()
    }
    return { close }
  } catch (error) {
    await database.close()
    throw error
  }
}

async function work({ concurrency }: { concurrency: number }): Promise<void> {
  const config = loadConfig(process.env)
  const log = createLog({ level: config.logLevel, pretty: !config.production && process.stderr.isTTY })
  const starting = start({ config, log, concurrency })
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
    .action(work)
