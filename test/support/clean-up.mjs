// Waits until standard input closes, which happens however the test run ends, even by kill -9. Then stops every
// PostgreSQL under the run's folder, removes the folder, and drops the run's databases on a server of somebody else.
// Arguments: the folder, the prefix of the databases, the server's URL (may be empty).
import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'

const [folder, prefix, serverUrl] = process.argv.slice(2)

async function stopServer(pidFile) {
  const text = await readFile(pidFile, 'utf8').catch(() => '')
  const [pid, dir] = text.split('\n')
  // A test may leave a file that names another program.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => dir ?? '')
  if (!pid || !command.includes(dir)) return
  try {
    process.kill(Number(pid), 'SIGQUIT') // An immediate shutdown, because nothing is worth keeping.
    for (;;) {
      process.kill(Number(pid), 0)
      await setTimeout(10)
    }
  } catch {
    // The process is gone.
  }
}

async function dropDatabases() {
  const client = new Client(serverUrl)
  await client.connect()
  const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [prefix])
  for (const { datname } of rows) await client.query(`DROP DATABASE "${datname}" WITH (FORCE)`)
  await client.end()
}

// A signal to the whole process group must not end this program before its work is done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
for await (const _ of process.stdin);

const worlds = await readdir(folder)
await Promise.all(worlds.map((world) => stopServer(path.join(folder, world, 'postgres', 'data', 'postmaster.pid'))))
await rm(folder, { recursive: true, force: true, maxRetries: 5 })
if (serverUrl) await dropDatabases()
