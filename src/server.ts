import cluster from 'node:cluster'
import { setTimeout } from 'node:timers/promises'
import { createApp } from './app.ts'
import { baseUrlOf, type Config } from './config.ts'
import { db } from './database/db.ts'
import type { Log } from './foundation/log.ts'
import { version } from './foundation/version.ts'
import { assertGit } from './git/assert-git.ts'
import { type ReservedPort, reservePort, serveOn } from './http/port.ts'
import { loadTrustedDocuments } from './pipeline/trusted-documents.ts'
import { schema } from './schema.ts'
import { currentSigningKey } from './signing/signing-keys.ts'
import { type OpenDatabase, openDatabase } from './start/open-database.ts'
import { type Opening, openParts } from './start/open-parts.ts'
import { closeFolders } from './start/private-folders.ts'
import { assertFoldersWritable } from './start/writable-folders.ts'

export type RunningServer = { baseUrl: string; port: number; close: () => Promise<void> }

/** The parts for `prepare`. `config.baseUrl` is now known. */
export type Prepared = { database: OpenDatabase; config: Config & { baseUrl: string }; log: Log }

export type StartOptions = {
  config: Config
  log: Log
  /** Runs after the migrations and before the first request. */
  prepare?: (parts: Prepared) => Promise<void>
  runsJobs: boolean
}

/** Whether other workers already serve the port. The port is then taken only when this process can answer. */
const joinsOthers = () => (cluster.worker?.id ?? 1) > 1

const sharedPort = ({ host, port }: Config): ReservedPort => ({ address: host, port, release: async () => {} })

async function serve(opening: Opening, { port, release }: ReservedPort): Promise<RunningServer> {
  const { config, baseUrl, stopping, log } = opening
  const { parts, close: closeParts } = await openParts(opening)
  await release()
  const server = await serveOn({ host: config.host, port }, createApp(parts)).catch(async (error) => {
    await closeParts(async () => {})
    throw error
  })
  const close = async () => {
    stopping.begun = true
    if (config.stopDelayMs > 0) {
      log.info({ ms: config.stopDelayMs }, 'serving on until proxies have noticed')
      await setTimeout(config.stopDelayMs)
      await server.sendAway()
    }
    await closeParts(server.close)
  }
  return { baseUrl, port, close }
}

/** Opens the database and then takes the port. Throws a StartError when either fails, and leaves nothing running. */
export async function startServer({ config, log, prepare, runsJobs }: StartOptions): Promise<RunningServer> {
  // Loaded before anything is opened or created, because a wrong document refuses the start.
  const trustedDocuments =
    config.trustedDocuments === null ? null : loadTrustedDocuments(config.trustedDocuments, schema)
  const git = await assertGit()
  const reserved = joinsOthers() ? sharedPort(config) : await reservePort(config)
  const { address, port } = reserved
  const baseUrl = baseUrlOf({ ...config, host: address, port })
  const opened = { config, baseUrl, trustedDocuments, log, runsJobs, stopping: { begun: false } }
  let database: OpenDatabase | undefined
  try {
    await assertFoldersWritable(config)
    database = await openDatabase(config, log, { mayCreate: true })
    log.info({ version, node: process.version, git }, 'Waybill starts')
    await closeFolders(config, log)
    await prepare?.({ database, config: { ...config, baseUrl }, log })
    await db.$transaction(currentSigningKey)
    return await serve({ ...opened, database }, reserved)
  } catch (error) {
    await reserved.release()
    await database?.close()
    throw error
  }
}
