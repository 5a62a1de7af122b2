import { operator } from '../../access/viewer.ts'
import type { Config } from '../../config.ts'
import type { Context } from '../../context/context.ts'
import { createRepositories } from '../../git/open-repositories.ts'
import { contextOutsideRequest } from '../../start/context-outside-request.ts'
import { withDatabase } from './with-database.ts'

/** Runs use cases on the database itself as an administrator without an account. Audit events name the author `operator`. */
export const asOperator = <T>(work: (context: Context, config: Config) => Promise<T>): Promise<T> =>
  withDatabase(async ({ config, log }) => {
    const repositories = createRepositories({ directory: config.repositoriesDir, log })
    try {
      return await work(contextOutsideRequest(operator(), { config, log, repositories }), config)
    } finally {
      await repositories.close()
    }
  })
