import { type Config, loadConfig } from '../config.ts'
import { openDatabase } from '../database/open-database.ts'
import { createLog, type Log } from '../log.ts'

/** What a command that is no server logs: it prints its own result, so the default level would only be noise. */
function commandLog({ logLevel }: Config): Log {
  return createLog({ level: logLevel === 'info' ? 'warn' : logLevel })
}

/** Opens the database, adopting the embedded one that a server uses, and closes it whatever happens. */
export async function withDatabase<T>(
  work: (parts: { config: Config; log: Log; applied: string[] }) => Promise<T>,
): Promise<T> {
  const config = loadConfig(process.env)
  const log = commandLog(config)
  const database = await openDatabase(config, log)
  try {
    return await work({ config, log, applied: database.applied })
  } finally {
    await database.close()
  }
}
