// Mercurius with Waybill's own schema, viewers and loaders: the difference to Waybill is what Waybill's way in costs.
import Module, { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import { createAuthenticator } from '../../dist/authentication/authenticate.js'
import { connectDatabase } from '../../dist/database/db.js'
import { createLog } from '../../dist/foundation/log.js'
import { createRepositories } from '../../dist/git/open-repositories.js'
import { schema } from '../../dist/schema.js'

// One copy of graphql for both: it refuses a schema that another copy made.
const waybill = fileURLToPath(new URL('../..', import.meta.url))
const resolve = Module._resolveFilename
Module._resolveFilename = (request, parent, isMain, options) =>
  resolve(request, parent, isMain, /^graphql($|\/)/.test(request) ? { paths: [waybill] } : options)
const mercurius = createRequire(import.meta.url)('mercurius')

const { DATABASE_URL, REPOSITORIES_DIR, BASE_URL, PORT } = process.env
connectDatabase({ url: DATABASE_URL })
const log = createLog({ level: 'info' })
const repositories = createRepositories({ directory: REPOSITORIES_DIR, log })
const authenticate = createAuthenticator({ jwtIssuers: [] })

// Not `jit`: it reads relations of Pothos twice.
const app = Fastify()
app.register(mercurius, {
  schema,
  context: async (request) => ({
    viewer: await authenticate(new Headers(request.headers)),
    requestId: request.id,
    ipAddress: request.ip,
    log,
    baseUrl: BASE_URL,
    repositories,
  }),
})
await app.listen({ port: Number(PORT), host: '127.0.0.1' })
