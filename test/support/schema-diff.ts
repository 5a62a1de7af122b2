import { DatabasePool } from '../../src/database/connections/database-pool.ts'
import { askByNewConnection } from '../../src/database/connections/running-statements.ts'
import { migrate } from '../../src/database/migrations/migrate.ts'
import { version } from '../../src/foundation/version.ts'

type Compared = { url: string; schemaPath: string }
type Script = {
  schemaDiff: (compared: Compared, code: object) => Promise<string | null>
  writeMigration: (
    options: Compared & { name: string; migrationsDir: string; now: Date },
    code: object,
  ) => Promise<string | null>
}

const script: Script = await import(new URL('../../scripts/schema-diff.mjs', import.meta.url).href)
const code = { DatabasePool, askByNewConnection, migrate, version }

/** What `npm run db:diff` does, with the code of the source. */
export const schemaDiff = (compared: Compared) => script.schemaDiff(compared, code)
export const writeMigration = (options: Parameters<Script['writeMigration']>[0]) => script.writeMigration(options, code)
