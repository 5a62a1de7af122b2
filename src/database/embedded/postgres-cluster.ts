import { type ExecFileException, execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { fileErrorReason } from '../../foundation/file-errors.ts'
import type { Log } from '../../foundation/log.ts'
import { StartError } from '../../foundation/start-error.ts'
import { assertReachable, type PostgresAccount, postgresAccount } from './postgres-account.ts'
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts'

export type Cluster = {
  binaries: PostgresBinaries
  account: PostgresAccount
  /** PostgreSQL's own data directory. */
  dir: string
  logFile: string
  password: string
}

/** The superuser of the cluster. Its password is random and stored beside the data. */
export const CLUSTER_USER = 'waybill'

const NEW_CLUSTER = 'postgres.new-'
/** An older draft was left by a killed process, because initdb takes 1 to 2 s. */
const ABANDONED_AFTER_MS = 10 * 60_000

const dataOf = (dataDir: string) => path.join(dataDir, 'postgres', 'data')

/** For commands that need an existing database, because a database made by accident would be empty and in the wrong place. */
export async function assertClusterExists(dataDir: string): Promise<void> {
  const isThere = await exists(dataOf(dataDir)).catch((error) => {
    throw explain(error, dataDir)
  })
  if (isThere) return
  throw new StartError(
    `There is no database in ${dataDir}: run this on the server's machine with its DATA_DIR or DATABASE_URL, ` +
      'or start the server first (npm start)',
  )
}

/** Opens the cluster in `<dataDir>/postgres`, and creates it first when it is missing. */
export async function openCluster(dataDir: string, log: Log): Promise<Cluster> {
  try {
    await mkdir(dataDir, { recursive: true })
    const parent = await realpath(dataDir)
    const folder = path.join(parent, 'postgres')
    const binaries = await findPostgresBinaries()
    const account = await postgresAccount(folder)
    await Promise.all([assertReachable(binaries.dir, account), assertReachable(parent, account)])
    const dir = path.join(folder, 'data')
    if (!(await exists(dir))) {
      log.info({ folder }, 'making a database: the embedded PostgreSQL takes some seconds for its first start')
      await createCluster(folder, binaries, account)
    }
    const password = await readFile(path.join(folder, 'password'), 'utf8')
    return { binaries, account, dir, logFile: path.join(folder, 'server.log'), password }
  } catch (error) {
    throw explain(error, dataDir)
  }
}

/** Creates the cluster in a draft folder and renames it, so that neither a kill nor a second process can leave half a cluster. */
async function createCluster(folder: string, binaries: PostgresBinaries, account: PostgresAccount): Promise<void> {
  await removeAbandoned(path.dirname(folder))
  const draft = await mkdtemp(path.join(path.dirname(folder), NEW_CLUSTER))
  try {
    const passwordFile = path.join(draft, 'password')
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
    if (account) await Promise.all([draft, passwordFile].map((file) => chown(file, account.uid, account.gid)))
    await initdb(draft, binaries, account)
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Use the cluster if another process has created it meanwhile.
    if (!(await exists(path.join(folder, 'data')))) throw error
  }
}

async function initdb(draft: string, binaries: PostgresBinaries, account: PostgresAccount): Promise<void> {
  const options = [
    `--pgdata=${path.join(draft, 'data')}`,
    `--username=${CLUSTER_USER}`,
    `--pwfile=${path.join(draft, 'password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // This locale sorts by code point on every machine, and knows the letter case of all scripts.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]
  await promisify(execFile)(binaries.initdb, options, { cwd: '/', env: postgresEnvironment(), ...account }).catch(
    (error: ExecFileException) => {
      throw new StartError(`Cannot create the embedded PostgreSQL: ${reason(error.stderr) ?? error.message}`)
    },
  )
}

/** An environment without the caller's PG* variables and locale, which PostgreSQL would obey. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
}

/** The cause of a failure in PostgreSQL's output, in one line. */
export function reason(output: string | undefined): string | undefined {
  const cause = /(?:FATAL|PANIC|error|postgres): +(.*)/.exec(output ?? '')?.[1]
  const hint = /HINT: +(.*)/.exec(output ?? '')?.[1]
  return cause && hint ? `${cause} (${hint})` : cause
}

async function removeAbandoned(parent: string): Promise<void> {
  const drafts = (await readdir(parent)).filter((name) => name.startsWith(NEW_CLUSTER))
  await Promise.all(
    drafts.map(async (name) => {
      const draft = path.join(parent, name)
      const made = await stat(draft).catch(() => null)
      if (made && Date.now() - made.mtimeMs > ABANDONED_AFTER_MS) await rm(draft, { recursive: true, force: true })
    }),
  )
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}

/** Turns an error of the file system into one line for the operator. Returns any other error unchanged. */
function explain(error: unknown, dataDir: string): unknown {
  const { path: file = dataDir } = error as NodeJS.ErrnoException
  const cause = fileErrorReason(error)
  if (!cause) return error
  return new StartError(
    `Cannot use ${file} for the embedded PostgreSQL (${cause}): set DATA_DIR to a folder of yours, or set DATABASE_URL`,
  )
}
