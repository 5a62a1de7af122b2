import closeWithGrace from 'close-with-grace'
import { Command } from 'commander'
import { type Config, loadConfig } from '../config.ts'
import { createDemo, readDemo } from '../demo/demo.ts'
import { demoFile } from '../demo/demo-file.ts'
import { createLog, type Log } from '../log.ts'
import { startServer } from '../server.ts'

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

async function start(config: Config, log: Log) {
  return startServer({
    config,
    log,
    // Only a database of our own: nobody wants demo projects in the one they brought.
    prepare: async ({ embedded, applied }) => {
      const isFirstStart = applied.length > 0 || !(await readDemo(config))
      if (embedded && isFirstStart) await createDemo({ config, log })
    },
  })
}

async function serve(): Promise<void> {
  const config = loadConfig(process.env)
  const log = createLog({ level: config.logLevel, pretty: !config.production && process.stderr.isTTY })
  const server = await start(config, log)
  closeWithGrace({ delay: GRACE_MS, logger: false }, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'ending after an error that nobody caught')
    else log.info({ signal }, 'ending')
    await server.close()
  })
  await announce(config, server.baseUrl)
}

export const serveCommand = () =>
  new Command('serve')
    .description('Start the server. Configured by environment variables: see the README.')
    .action(serve)
