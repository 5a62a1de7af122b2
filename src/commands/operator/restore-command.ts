import { Command } from 'commander'
import { loadConfig } from '../../config.ts'
import { assertGit } from '../../git/assert-git.ts'
import { migrateJobs } from '../../jobs/migrate-jobs.ts'
import { openBackup } from '../../modules/backups/backup-store.ts'
import type { Header } from '../../modules/backups/manifest.ts'
import { restoreBackup } from '../../modules/backups/restore-backup.ts'
import { migrationsDir, openDatabase } from '../../start/open-database.ts'
import { assertFoldersWritable } from '../../start/writable-folders.ts'
import { createStorage } from '../../storage/create-storage.ts'
import { print } from '../output.ts'
import { terminalProgress } from '../terminal-progress.ts'
import { type BackupCommandOptions, keyOf, placeOf, withBackupOptions } from './backup-options.ts'
import { commandLog } from './with-database.ts'

/** The database is opened by way of the restore, because opening it otherwise would migrate it first. */
async function restore(text: string, options: BackupCommandOptions): Promise<Header> {
  const config = loadConfig(process.env)
  const source = await openBackup(placeOf(text, config), await keyOf(options))
  await assertFoldersWritable(config)
  const { show, clear } = terminalProgress()
  let restored: Header | undefined
  const fill = async (url: string) => {
    const database = { url, migrationsDir, migrateJobs }
    const files = { storage: createStorage(config), repositoriesDir: config.repositoriesDir }
    restored = await restoreBackup({ ...files, source, database, show }).finally(clear)
  }
  const opened = await openDatabase(config, commandLog(config), { mayCreate: true, fill })
  await opened.close()
  return restored as Header
}

async function run(text: string, options: BackupCommandOptions): Promise<void> {
  await assertGit()
  const { takenAt, version, problems } = await restore(text, options)
  for (const problem of problems) process.stderr.write(`Not in the backup: ${problem}\n`)
  print(options, { takenAt, version, problems }, `Restored the backup of ${takenAt}. Check it: waybill doctor`)
}

export const restoreCommand = () =>
  withBackupOptions(
    new Command('restore').description('Restore a backup into an empty database and empty folders. Verifies it first.'),
  ).action(run)
