import path from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../../config.ts'
import { assertApart, type Place, parsePlace, readKey } from '../../modules/backups/backup-store.ts'
import { environment } from '../server-options.ts'
import { jsonOption } from '../shared-options.ts'

export type BackupCommandOptions = { keyFile?: string; json?: true }

export const withBackupOptions = (command: Command): Command =>
  command
    .argument('<place>', 'a folder, or s3://bucket/folder as in STORAGE')
    .option('--key-file <file>', 'the key that encrypts the backup, 64 hex digits (or WAYBILL_BACKUP_KEY)')
    .addOption(jsonOption())

export const keyOf = ({ keyFile }: BackupCommandOptions) =>
  readKey({ file: keyFile, text: environment('WAYBILL_BACKUP_KEY') })

export function placeOf(text: string, { dataDir, repositoriesDir, storage }: Config): Place {
  const place = parsePlace(text)
  assertApart(place, { folders: [path.resolve(dataDir), path.resolve(repositoriesDir)], bucket: storage })
  return place
}
