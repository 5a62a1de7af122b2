// The data set. It is made once and kept until its sources change.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { digestOf, generateToken } from '../dist/authentication/token-secrets.js'
import { repositoryDirectory } from '../dist/git/repositories.js'
import { RENDERER_VERSION, renderMarkdown } from '../dist/markdown/render.js'
import { openDatabase, withClient } from './database.mjs'
import { createRepository, UNUSED_EACH } from './repository.mjs'

const here = (file) => fileURLToPath(new URL(file, import.meta.url))
const NOTES = 50

export const NORMAL = 100_000
export const LARGE = 1_000_000

/** The data set for the comparison has a fifth of its releases in the biggest project. The other sets have four fifths. */
const sizeOf = (releases) => {
  const big = releases === NORMAL ? releases / 5 : (releases / 5) * 4
  return { releases, big, secret: Math.floor(releases / 10), unused: 20_000 }
}

/** A digest of everything that the data depends on. */
function version() {
  const prisma = here('../prisma')
  const files = readdirSync(prisma, { recursive: true }).filter((name) => /^(migrations|sql)\/.*\.sql$/.test(name))
  const sources = [
    ...files.map((name) => path.join(prisma, name)),
    ...['world.sql', 'world.mjs', 'repository.mjs'].map(here),
  ]
  const hash = createHash('sha256').update(String(RENDERER_VERSION))
  for (const file of sources.sort()) hash.update(readFileSync(file))
  return hash.digest('hex')
}

/** Each size and database has a data set of its own. */
function directoryOf(releases) {
  const given = process.env.BENCH_DATABASE_URL ?? ''
  const database = given && `-${createHash('sha256').update(given).digest('hex').slice(0, 8)}`
  return here(`../.bench/${releases}${database}`)
}

/** Notes as people write them, with the HTML that Waybill would store. */
function note(n) {
  const changes = Array.from(
    { length: 3 + (n % 5) },
    (_, at) => `- **Area ${at}**: made case ${n * 7 + at} [work](https://example.com/${n}/${at})`,
  )
  const description = `## What changed\n\n${changes.join('\n')}\n\nUpgrade with \`tool upgrade --to ${n}\`; nothing else is needed.\n`
  return { n, description, html: renderMarkdown(description), version: RENDERER_VERSION }
}

async function fill(client, size, shas) {
  await client.query('BEGIN')
  await client.query(
    'CREATE TEMPORARY TABLE commits AS SELECT n, sha FROM unnest($1::text[]) WITH ORDINALITY AS c (sha, n)',
    [shas],
  )
  await client.query(
    'CREATE TEMPORARY TABLE notes AS SELECT * FROM json_to_recordset($1) AS n (n int, description text, html text, version smallint)',
    [JSON.stringify(Array.from({ length: NOTES }, (_, n) => note(n)))],
  )
  for (const name of ['releases', 'big', 'secret']) await client.query(`SET bench.${name} = ${size[name]}`)
  await client.query(readFileSync(here('world.sql'), 'utf8'))
  await client.query('COMMIT')
  await client.query('VACUUM ANALYZE')
}

async function issueToken(client, username) {
  const token = generateToken()
  const insert = `INSERT INTO access_tokens (user_id, name, digest, scopes) SELECT id, 'bench', $2, '{api}' FROM users WHERE username = $1`
  await client.query(insert, [username, digestOf(token)])
  return token
}

/** Each project has the commits of its releases. Repositories of one size are copies. */
async function createOthers(client, repositories, bigId) {
  const { rows } = await client.query(
    'SELECT id, greatest(1, releases_count)::int AS releases FROM projects WHERE id <> $1 ORDER BY id',
    [bigId],
  )
  const made = new Map()
  for (const { id, releases } of rows) {
    const directory = repositoryDirectory(repositories, id)
    if (made.has(releases)) cpSync(made.get(releases), directory, { recursive: true })
    else await createRepository(directory, { releases, unused: UNUSED_EACH })
    made.set(releases, directory)
  }
}

async function build(client, directory, size) {
  const { rows } = await client.query('SELECT count(*)::int AS projects FROM projects')
  if (rows[0].projects > 0) throw new Error('BENCH_DATABASE_URL must name a database without projects')
  // The ID of the first project determines the folder of its repository.
  const bigId = 1
  const repositories = path.join(directory, 'repositories')
  const shas = await createRepository(repositoryDirectory(repositories, bigId), {
    releases: size.big,
    unused: size.unused,
  })
  await client.query(`ALTER SEQUENCE projects_id_seq RESTART WITH ${bigId}`)
  await fill(client, size, shas)
  await createOthers(client, repositories, bigId)
  const tokens = {
    developer: await issueToken(client, 'bench-developer'),
    guest: await issueToken(client, 'bench-guest'),
  }
  return { version: version(), ...size, bigId, repositories, tokens }
}

/** The database with the data set of so many releases, and the facts about it that subjects and queries need. */
export async function openWorld(releases, say) {
  const directory = directoryOf(releases)
  const file = path.join(directory, 'world.json')
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
  if (kept?.version !== version()) rmSync(directory, { recursive: true, force: true })
  const database = await openDatabase(directory)
  if (kept?.version === version()) return { ...database, world: kept, directory }
  say(`building the data set of ${releases.toLocaleString('en')} releases`)
  try {
    const world = await withClient(database.url, (client) => build(client, directory, sizeOf(releases)))
    writeFileSync(file, JSON.stringify(world, null, 2), { mode: 0o600 })
    return { ...database, world, directory }
  } catch (error) {
    await database.close()
    throw error
  }
}
