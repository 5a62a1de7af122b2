// npm run db:diff -- <name>: writes the next migration, which leads from prisma/migrations to prisma/schema.prisma. Compares them
// in a new database on the server of DATABASE_URL, or in a temporary embedded PostgreSQL.
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { withConnection } from '../dist/database/connections/connection.js'
import { DatabasePool } from '../dist/database/connections/database-pool.js'
import { askByNewConnection } from '../dist/database/connections/running-statements.js'
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js'
import { migrate } from '../dist/database/migrations/migrate.js'
import { createLog } from '../dist/foundation/log.js'
import { version } from '../dist/foundation/version.js'
import { writeMigration } from './schema-diff.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

async function withServer(use) {
  if (process.env.DATABASE_URL) return use(process.env.DATABASE_URL)
  const dataDir = await mkdtemp(path.join(tmpdir(), 'waybill-diff-'))
  // Root runs PostgreSQL as another user, who must be able to enter the folder.
  await chmod(dataDir, 0o755)
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, log: createLog({ level: 'warn' }) })
    return await use(postgres.url).finally(postgres.stop)
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function withEmptyDatabase(server, use) {
  const name = `waybill_diff_${randomBytes(4).toString('hex')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await withConnection(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`))
  try {
    return await use(url.href)
  } finally {
    await withConnection(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`))
  }
}

// Ctrl-C waits for the few seconds that this takes, so that nothing is left behind.
process.on('SIGINT', () => {})

const [name = ''] = process.argv.slice(2)
if (!/^[a-z0-9_]+$/.test(name)) {
  console.error('Usage: npm run db:diff -- <what_it_does>, in lower case with underscores')
  process.exit(2)
}
const prisma = path.join(root, 'prisma')
const options = {
  name,
  migrationsDir: path.join(prisma, 'migrations'),
  schemaPath: path.join(prisma, 'schema.prisma'),
  now: new Date(),
}
try {
  const code = { DatabasePool, askByNewConnection, migrate, version }
  const file = await withServer((server) =>
    withEmptyDatabase(server, (url) => writeMigration({ ...options, url }, code)),
  )
  console.log(
    file
      ? `Written: ${path.relative(root, file)}`
      : 'No difference: prisma/migrations make what prisma/schema.prisma says',
  )
} catch (error) {
  console.error(error.name === 'StartError' ? error.message : error)
  process.exitCode = 1
}
