import { readFile } from 'node:fs/promises'
import type { SchemaFilter } from '@prisma/schema-engine-wasm'
import { withSchemaEngine } from './schema-engine.ts'

const NO_FILTERS: SchemaFilter = { externalTables: [], externalEnums: [] }

/** The SQL that makes the database match the Prisma schema; null when they agree. */
export async function schemaDiff({ url, schemaPath }: { url: string; schemaPath: string }): Promise<string | null> {
  const schema = await readFile(schemaPath, 'utf8')
  const files = [{ path: 'schema.prisma', content: schema }]
  const { stdout } = await withSchemaEngine({ url, schema }, (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    }),
  )
  return stdout === null || stdout.includes('This is an empty migration') ? null : stdout
}
