import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../../foundation/start-error.ts'

const run = promisify(execFile)

/** The operating system's user that runs PostgreSQL; undefined for the user of this process. */
export type PostgresAccount = { uid: number; gid: number } | undefined

const SYSTEM_USER = 'postgres'

/** PostgreSQL refuses to run as root, so root runs it as the owner of the cluster, or as a system user for a new cluster. */
export async function postgresAccount(clusterDir: string): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(clusterDir).catch(() => null)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const account = (await findUser()) ?? (await createUser())
  // Root has restored this cluster from a copy.
  if (owner) await run('chown', ['-R', `${account.uid}:${account.gid}`, clusterDir])
  return account
}

async function findUser(): Promise<PostgresAccount> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, SYSTEM_USER])))
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
  } catch {
    return undefined
  }
}

async function createUser(): Promise<NonNullable<PostgresAccount>> {
  try {
    await run('groupadd', ['--system', '--force', SYSTEM_USER])
    await run('useradd', ['--system', '--gid', SYSTEM_USER, '--no-create-home', '--shell', '/bin/false', SYSTEM_USER])
  } catch {
    // Only the result counts, because another process may have created the user at the same time.
  }
  const account = await findUser()
  if (account) return account
  throw new StartError(
    `PostgreSQL refuses to run as root and the user "${SYSTEM_USER}" cannot be created: run as an ordinary user, or set DATABASE_URL`,
  )
}

/** Throws when the account may not enter a folder on the way to `dir`. */
export async function assertReachable(dir: string, account: PostgresAccount): Promise<void> {
  if (!account) return
  const closed = await closedFolder(dir, account)
  if (!closed) return
  throw new StartError(
    `PostgreSQL refuses to run as root, and its user (uid ${account.uid}) cannot enter ${closed} on the way to ${dir}: ` +
      'set DATA_DIR and install Waybill where others may enter, run as an ordinary user, or set DATABASE_URL',
  )
}

/** The first folder on the way to `dir`, or `dir` itself, that the account may not enter. */
export async function closedFolder(dir: string, account: NonNullable<PostgresAccount>): Promise<string | null> {
  const parent = path.dirname(dir)
  const above = parent === dir ? null : await closedFolder(parent, account)
  if (above) return above
  const { uid, gid, mode } = await stat(dir)
  // Like the kernel, we check only the first class that matches: owner, group or others.
  const enter = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  return mode & enter ? null : dir
}
