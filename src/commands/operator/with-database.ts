import { type Config, loadConfig } from '../../config.ts'
import { createLog, type Log } from '../../foundation/log.ts'
import { openDatabase } from '../../start/open-database.ts'
import { assertFoldersWritable } from '../../start/writable-folders.ts'

/** What a command that is no server logs: it prints its own result, so the default level would only be noise. */
function commandLog({ logLevel }: Config): Log {
  return createLog({ level: logLevel === 'info' ? 'warn' : logLevel })
}

type Parts = { config: Config; log: Log; applied: string[] }

/**
 * Opens the database, adopting the embedded one that a server uses, and closes it whatever happens. One that is not there is
 * made only where that is what the command is for.
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
    return await work({ config, log, applied: database.applied })
  } finally {
    await database.close()
  }
}
