import { type Config, loadConfig } from '../../config.ts'
import { createLog, type Log } from '../../foundation/log.ts'
import { openDatabase } from '../../start/open-database.ts'
import { assertFoldersWritable } from '../../start/writable-folders.ts'

/** The log of a command. It prints its own result, so it logs only warnings by default. */
export function commandLog({ logLevel }: Config): Log {
  return createLog({ level: logLevel === 'info' ? 'warn' : logLevel })
}

type Parts = { config: Config; log: Log; applied: string[]; directUrl: string }

/**
 * Opens the database, which may be the embedded one of a running server, and always closes it. Creates a missing embedded
 * database only with `mayCreate`.
 */
export async function withDatabase<T>(
  work: (parts: Parts) => Promise<T>,
  { mayCreate = false }: { mayCreate?: boolean } = {},
): Promise<T> {
  const config = loadConfig(process.env)
  const log = commandLog(config)
  await assertFoldersWritable(config)
  const database = await openDatabase(config, log, { mayCreate })
  try {
    const { applied, directUrl } = database
    return await work({ config, log, applied, directUrl })
  } finally {
    await database.close()
  }
}
