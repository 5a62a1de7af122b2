// A process that uses the embedded PostgreSQL until its standard input closes, for tests that kill it before.
// Arguments: the compiled embedded-postgres.js, the data folder. Prints the URL once the database is ready.
import { pathToFileURL } from 'node:url'

const [module, dataDir] = process.argv.slice(2)
const { startEmbeddedPostgres } = await import(pathToFileURL(module).href)
const postgres = await startEmbeddedPostgres({ dataDir, log: { debug() {}, info() {} } })
console.log(postgres.url)
for await (const _ of process.stdin);
await postgres.stop()
