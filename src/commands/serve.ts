import closeWithGrace from 'close-with-grace'
import { Command } from 'commander'
import { type Config, loadConfig } from '../config.ts'
import { createDemo, readDemo } from '../demo/demo.ts'
import { demoFile, writeDemo } from '../demo/demo-file.ts'
import { createLog, type Log } from '../log.ts'
import { type Prepared, type RunningServer, startServer } from '../server.ts'

/** Requests in flight are finished within this time; then the process ends all the same. */
const GRACE_MS = 30_000

/** For the person who started it; the log goes to standard error. */
async function announce(config: Config, baseUrl: string): Promise<void> {
  const demo = await readDemo(config)
  const lines = [`Waybill is listening. GraphiQL: ${baseUrl}/graphql`]
  if (demo) {
    lines.push(
      `Demo projects: ${demo.projectPath} (public) and ${demo.privateProjectPath} (private), in the group ${demo.groupPath}`,
      `Demo tokens: ${demoFile(config)}`,
    )
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Only in a database of our own: nobody wants demo projects in the one they brought. */
async function prepareDemo({ database, config, log }: Prepared): Promise<void> {
  if (!database.embedded) return
  const demo = await readDemo(config)
  if (!demo || database.applied.length > 0) await createDemo({ config, log })
  // Scripts read it, and the port may be another one this time.
  else if (config.baseUrl !== demo.baseUrl) await writeDemo(config, { ...demo, baseUrl: config.baseUrl })
}

/** During the start, too: the embedded PostgreSQL that it may have started by then would go on alone. */
function closeOnSignal(starting: Promise<RunningServer>, log: Log): void {
  // Not before a failed start ends: that has its own exit code.
  closeWithGrace({ delay: GRACE_MS, logger: log, skip: ['beforeExit'] }, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'ending after an error that nobody caught')
    else log.info({ signal }, 'ending')
    const server = await starting.catch(() => null)
    await server?.close()
  })
}

async function serve(): Promise<void> {
  const config = loadConfig(process.env)
  const log = createLog({ level: config.logLevel, pretty: !config.production && process.stderr.isTTY })
  const starting = startServer({ config, log, prepare: prepareDemo })
  closeOnSignal(starting, log)
  const { baseUrl } = await starting
  await announce(config, baseUrl)
}

export const serveCommand = () =>
  new Command('serve')
    .description('Start the server. Configured by environment variables: see the README.')
    .action(serve)
