import cluster from 'node:cluster'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { type OpenDatabase, openDatabase } from './database/open-database.ts'
import { StartError } from './database/start-error.ts'
import { db } from './db.ts'
import { loadTrustedDocuments } from './graphql/pipeline/trusted-documents.ts'
import type { Log } from './log.ts'
import { assertGit } from './modules/git/assert-git.ts'
import { currentSigningKey } from './modules/signing/signing-keys.ts'
import { openParts } from './open-parts.ts'
import { closeFolders } from './private-folders.ts'
import { schema } from './schema.ts'
import { version } from './version.ts'
import { assertFoldersWritable } from './writable-folders.ts'

export type RunningServer = { baseUrl: string; close: () => Promise<void> }

const LISTEN_ERRORS: Record<string, string> = {
  EADDRINUSE: '(the port is in use): set PORT to a free one',
  EACCES: '(permission denied): set PORT to one above 1023',
}

function listen(server: Server, { host, port }: Config): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      const cause = LISTEN_ERRORS[code] ?? `(${message}): set HOST to an address of this machine`
      reject(new StartError(`Cannot listen on ${host}:${port} ${cause}`))
    })
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })
}

const STARTING_HEADERS = {
  'content-type': 'application/json',
  'retry-after': '1',
  'x-content-type-options': 'nosniff',
}

/** The port is taken before the database is opened, so that a port in use changes nothing; until then nobody is served. */
const starting: RequestListener = (_request, response) => {
  response.writeHead(503, STARTING_HEADERS)
  response.end(JSON.stringify({ message: '503 Service Unavailable: the server is starting' }))
}

const IDLE_CHECK_MS = 50

/** Requests in flight are finished; a connection that idles is closed, also one that has just had its answer. */
const closeServer = (server: Server) =>
  new Promise<void>((resolve) => {
    const timer = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
    server.close(() => {
      clearInterval(timer)
      resolve()
    })
  })

/** `config.baseUrl` is known by then. */
export type Prepared = { database: OpenDatabase; config: Config & { baseUrl: string }; log: Log }

export type StartOptions = {
  config: Config
  log: Log
  /** Runs between the migrations and the first request. */
  prepare?: (parts: Prepared) => Promise<void>
  /** Whether it runs jobs, too. */
  runsJobs: boolean
}

/** An upload or a push over a slow line. */
const LONGEST_REQUEST_MS = 24 * 60 * 60 * 1000
/** Of a head, which is a few packets over any line. */
const LONGEST_HEAD_MS = 30 * 1000
const HEADS_CHECK_MS = 2_000
/** Of a connection on which nothing comes or goes. */
const LONGEST_SILENCE_MS = 5 * 60 * 1000

/** Others serve the port already: it is not taken before this process can answer. */
const joinsOthers = () => (cluster.worker?.id ?? 1) > 1

/** Takes the port, then opens the database. Throws StartError, with nothing left running, when either cannot be had. */
export async function startServer({ config, log, prepare, runsJobs }: StartOptions): Promise<RunningServer> {
  // Before anything is opened or made: it may refuse the start.
  const trustedDocuments =
    config.trustedDocuments === null ? null : loadTrustedDocuments(config.trustedDocuments, schema)
  const git = await assertGit()
  const server = createServer({
    requestTimeout: LONGEST_REQUEST_MS,
    headersTimeout: LONGEST_HEAD_MS,
    connectionsCheckingInterval: HEADS_CHECK_MS,
  })
  server.timeout = LONGEST_SILENCE_MS
  server.on('request', starting)
  const { address, port } = joinsOthers() ? { ...config, address: config.host } : await listen(server, config)
  const baseUrl = config.baseUrl ?? `http://${isIPv6(address) ? `[${address}]` : address}:${port}`
  let database: OpenDatabase | undefined
  try {
    await assertFoldersWritable(config)
    database = await openDatabase(config, log, { mayCreate: true })
    log.info({ version, node: process.version, git }, 'Waybill starts')
    await closeFolders(config, log)
    await prepare?.({ database, config: { ...config, baseUrl }, log })
    await db.$transaction(currentSigningKey)
    const { parts, close: closeParts } = await openParts({ config, baseUrl, trustedDocuments, database, log, runsJobs })
    server.off('request', starting)
    server.on('request', createApp(parts))
    if (joinsOthers()) await listen(server, config)
    const close = () => closeParts(() => closeServer(server))
    return { baseUrl, close }
  } catch (error) {
    await closeServer(server)
    await database?.close()
    throw error
  }
}
