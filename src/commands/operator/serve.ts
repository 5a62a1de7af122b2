import cluster from 'node:cluster'
import { Command } from 'commander'
import { runWorkers, tellThatItServes } from '../../cluster.ts'
import { type Config, loadConfig } from '../../config.ts'
import { createDemo, readDemo } from '../../demo/demo.ts'
import { demoFile } from '../../demo/demo-file.ts'
import { createLog } from '../../foundation/log.ts'
import type { Prepared } from '../../server.ts'
import { closeOnSignal } from './close-on-signal.ts'

/** Prints the addresses for the person who started the server. The log goes to standard error. */
async function announce(config: Config, baseUrl: string): Promise<void> {
  const demo = await readDemo(config)
  const lines = [`Waybill is listening. GraphiQL: ${baseUrl}/graphql`, `Pages for a browser: ${baseUrl}/`]
  if (demo) {
    lines.push(
      `Demo projects: ${demo.projectPath} (public) and ${demo.privateProjectPath} (private), in the group ${demo.groupPath}`,
      `Demo tokens: ${demoFile(config)}`,
      ...(config.smtpUrl === null ? [`Demo mails: ${baseUrl}/-/demo/mailbox`] : []),
    )
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Creates the demo only in the embedded database, because nobody wants demo projects in a database of their own. */
async function prepareDemo({ database, config, log }: Prepared): Promise<void> {
  if (!database.embedded) return
  const demo = await readDemo(config)
  // The port may have changed, which the webhook and the file that scripts read have to follow.
  const isReady = demo !== null && database.applied.length === 0 && config.baseUrl === demo.baseUrl
  if (!isReady) await createDemo({ config, log, told: true })
}

async function serve({ worker }: { worker: boolean }): Promise<void> {
  const config = loadConfig(process.env)
  const log = createLog({
    level: config.logLevel,
    pretty: !config.production && process.stderr.isTTY,
    traces: config.traces,
  })
  if (config.workers > 1 && cluster.isPrimary) return runWorkers(config.workers, log)
  // Loaded here, because it loads the whole schema, for which no other command should wait.
  const { startServer } = await import('../../server.ts')
  const starting = startServer({ config, log, prepare: prepareDemo, runsJobs: worker })
  closeOnSignal(starting, log, config.stopDelayMs)
  const { baseUrl, port } = await starting.catch((error) => {
    // The channel to the main process would keep this process alive.
    cluster.worker?.disconnect()
    throw error
  })
  if (cluster.isWorker) tellThatItServes(baseUrl, port)
  if (cluster.isPrimary || cluster.worker?.id === 1) await announce(config, baseUrl)
}

export const serveCommand = () =>
  new Command('serve')
    .description('Start the server. Configured by environment variables: see docs/operate/configuration.md.')
    .option('--no-worker', 'run no jobs in this process: `waybill worker` does it in another')
    .action(serve)
