// Compares a database with prisma/schema.prisma, and writes migrations. The caller passes the code of the server: scripts pass
// its build, tests pass its source.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils'

const { Character, CharacterArray } = ColumnTypeEnum
const CHAR_OID = 18
const CHAR_ARRAY_OID = 1002

/** Prisma's adapter with two of its faults mended. */
class MendedPrismaPg extends PrismaPg {
  #pool

  constructor(pool) {
    super(pool)
    this.#pool = pool
  }

  async connect() {
    const adapter = await super.connect()
    // The adapter splits a script at every semicolon, even inside a function's body, and runs the pieces separately. We send the
    // script whole, which makes it one implicit transaction.
    adapter.executeScript = async (script) => {
      await this.#pool.query(script).catch((error) => {
        const { code = '', message, severity = 'ERROR', detail, column, hint } = error
        throw new DriverAdapterError({ kind: 'postgres', code, message, severity, detail, column, hint })
      })
    }
    // The adapter refuses "char", the type of one-letter columns in the catalogs. `disguiseChar` works around it.
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query)
      const columnTypes = result.columnTypes.map((type) => (type === CharacterArray ? Character : type))
      return { ...result, columnTypes }
    }
    return adapter
  }
}

/** Presents "char" as its array type, which the adapter knows and no statement of the engine selects. */
function disguiseChar(pool) {
  const query = pool.query.bind(pool)
  const disguised = async (...args) => {
    const result = await query(...args)
    // A script of several statements yields a list of results.
    for (const field of [result].flat().flatMap(({ fields }) => fields)) {
      if (field.dataTypeID === CHAR_OID) field.dataTypeID = CHAR_ARRAY_OID
    }
    return result
  }
  return Object.assign(pool, { query: disguised })
}

const MODULE = '@prisma/schema-engine-wasm/schema_engine_bg'

/** Loads the engine by hand, because the package's entry imports its .wasm file, which Node cannot do. */
async function loadEngine() {
  const require = createRequire(import.meta.url)
  const [module, code] = await Promise.all([
    import(MODULE),
    readFile(require.resolve(MODULE).replace(/\.js$/, '.wasm')),
  ])
  // `unref`, because the engine never clears the 10 s timeout of its lock and the process would wait for it before it exits.
  const timer = Object.keys(module).find((name) => name.startsWith('__wbg_setTimeout_')) ?? ''
  const imports = { ...module, [timer]: (callback, ms) => setTimeout(callback, ms).unref() }
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': imports })
  module.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return module
}

let loaded

/**
 * The SQL that makes the database match the Prisma schema; null when they agree. Prisma's schema engine compares them: the
 * WebAssembly build of the engine that the Prisma CLI downloads.
 */
export async function schemaDiff({ url, schemaPath }, { DatabasePool, askByNewConnection }) {
  const schema = await readFile(schemaPath, 'utf8')
  const files = [{ path: 'schema.prisma', content: schema }]
  loaded ??= loadEngine()
  const { SchemaEngine } = await loaded
  const pool = new DatabasePool({ connectionString: url, max: 2, isRunning: askByNewConnection(url) })
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(new MendedPrismaPg(disguiseChar(pool)))
    const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, factory)
    try {
      const { stdout } = await engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: '.' },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      })
      return stdout === null || stdout.includes('This is an empty migration') ? null : stdout
    } finally {
      engine.free()
    }
  } finally {
    await pool.end()
  }
}

/**
 * Writes the migration that leads from the folder's migrations to the Prisma schema; null when they agree. `url` is an empty
 * database, to which the migrations are applied. The first line of the migration names this version as the oldest that can serve
 * the database. Edit the line when an older version can, too.
 */
export async function writeMigration({ name, now, ...options }, code) {
  await code.migrate(options)
  const sql = await schemaDiff(options, code)
  if (sql === null) return null
  const timestamp = now.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const file = path.join(options.migrationsDir, `${timestamp}_${name}`, 'migration.sql')
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, `-- Oldest version: ${code.version}\n\n${sql}`)
  return file
}
