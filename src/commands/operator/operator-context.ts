import { randomUUID } from 'node:crypto'
import { operator } from '../../access/viewer.ts'
import type { Config } from '../../config.ts'
import type { Context } from '../../context/context.ts'
import { createRepositories } from '../../git/reader.ts'
import { withDatabase } from './with-database.ts'

/** Runs use cases on the database itself as an administrator without an account. Audit events name the author `operator`. */
export const asOperator = <T>(work: (context: Context, config: Config) => Promise<T>): Promise<T> =>
  withDatabase(async ({ config, log }) => {
    const repositories = createRepositories({ directory: config.repositoriesDir, log })
    const baseUrl = config.baseUrl ?? `http://${config.host}:${config.port}`
    const context = { viewer: operator(), requestId: randomUUID(), ipAddress: null, log, baseUrl, repositories }
    try {
      return await work(context, config)
    } finally {
      await repositories.close()
    }
  })
