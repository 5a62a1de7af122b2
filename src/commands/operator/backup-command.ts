import { Command } from 'commander'
import { assertGit } from '../../git/assert-git.ts'
import { openTarget } from '../../modules/backups/backup-store.ts'
import { takeBackup } from '../../modules/backups/take-backup.ts'
import { openStorage } from '../../start/open-storage.ts'
import { print } from '../output.ts'
import { terminalProgress } from '../terminal-progress.ts'
import { type BackupCommandOptions, keyOf, placeOf, withBackupOptions } from './backup-options.ts'
import { withDatabase } from './with-database.ts'

const MIB = 1024 ** 2

async function run(text: string, options: BackupCommandOptions): Promise<void> {
  await assertGit()
  const key = await keyOf(options)
  const { show, clear } = terminalProgress()
  const summary = await withDatabase(async ({ config, directUrl }) => {
    const target = await openTarget(placeOf(text, config), key)
    const { repositoriesDir } = config
    const storage = await openStorage(config)
    return takeBackup({ url: directUrl, target, storage, repositoriesDir, show }).finally(clear)
  })
  const { takenAt, files, bytes, problems, problemCount } = summary
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (problemCount > 0) process.exitCode = 1
  const size = `${files} files, ${Math.ceil(bytes / MIB)} MiB`
  const lacks = problemCount > 0 ? `, without ${problemCount} that the server does not have whole` : ''
  print(options, summary, `The backup is complete${lacks}: ${size}, as of ${takenAt}`)
}

export const backupCommand = () =>
  withBackupOptions(
    new Command('backup').description(
      'Copy database, repositories and files to a place, while the server goes on. Repeat it to bring the place up to date.',
    ),
  ).action(run)
