// npm run bench:import: measures the time to import the 10,000 tags of a repository as releases, and to import it again.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase, withClient } from './database.mjs'
import { table } from './report.mjs'
import { createRepository } from './repository.mjs'

const TAGS = 10_000
const bin = fileURLToPath(new URL('../bin/waybill.js', import.meta.url))
const directory = mkdtempSync(path.join(tmpdir(), 'waybill-bench-'))
// Root runs PostgreSQL as another user, who must be able to enter the folder.
chmodSync(directory, 0o755)
const source = path.join(directory, 'source.git')

function run(url) {
  const args = [bin, 'import', '--project', 'bench/import', '--repository', source]
  const env = { ...process.env, DATABASE_URL: url, DATA_DIR: directory }
  const began = performance.now()
  const { status } = spawnSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error('the import failed')
  return ((performance.now() - began) / 1000).toFixed(1)
}

await createRepository(source, { releases: TAGS, unused: 0 })
const { url, close } = await openDatabase(directory)
try {
  const [first, again] = [run(url), run(url)]
  const [{ n }] = await withClient(
    url,
    async (client) => (await client.query('SELECT count(*)::int AS n FROM releases')).rows,
  )
  if (n !== TAGS) throw new Error(`${n} releases were made of ${TAGS} tags`)
  process.stdout.write(
    `${table(
      ['import', 's'],
      [
        [`${TAGS} tags`, first],
        ['the same again', again],
      ],
    )}\n`,
  )
} finally {
  await close()
  rmSync(directory, { recursive: true, force: true })
}
