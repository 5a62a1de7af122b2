import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { type OpenDatabase, openDatabase } from './database/open-database.ts'
import { StartError } from './database/start-error.ts'
import type { Log } from './log.ts'
import { createAuthenticator } from './modules/access/authenticate.ts'
import { createRepositories } from './modules/git/reader.ts'
import { schema } from './schema.ts'

export type RunningServer = { baseUrl: string; close: () => Promise<void> }

function listen(server: Server, { host, port }: Config): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' ? 'is in use: set PORT to a free one' : error.message
      reject(new StartError(`Cannot listen on ${host}:${port}: the port ${taken}`))
    })
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })
}

/** The port is taken before the database is opened, so that a port in use changes nothing; until then nobody is served. */
const starting: RequestListener = (_request, response) => {
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
  response.end(JSON.stringify({ message: '503 Service Unavailable: the server is starting' }))
}

/** Requests in flight are finished; connections that idle are closed. */
const closeServer = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })

export type StartOptions = {
  config: Config
  log: Log
  /** Runs between the migrations and the first request. */
  prepare?: (database: OpenDatabase) => Promise<void>
}

/** Opens the database, then the port. Throws StartError, with nothing left running, when either cannot be had. */
export async function startServer({ config, log, prepare }: StartOptions): Promise<RunningServer> {
  const server = createServer()
  server.on('request', starting)
  const address = await listen(server, config)
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  const baseUrl = config.baseUrl ?? `http://${host}:${address.port}`
  try {
    const database = await openDatabase(config, log)
    await prepare?.(database)
    const repositories = createRepositories({ directory: config.repositoriesDir, log })
    const authenticate = createAuthenticator({ jwtIssuers: config.jwtIssuers })
    server.off('request', starting)
    server.on('request', createApp({ schema, authenticate, baseUrl, repositories, log, unready: database.unready }))
    const close = async () => {
      await closeServer(server)
      await repositories.close()
      await database.close()
    }
    return { baseUrl, close }
  } catch (error) {
    await closeServer(server)
    throw error
  }
}
