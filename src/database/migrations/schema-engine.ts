import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import type { DatabaseError, Pool, QueryResult } from 'pg'
import { DatabasePool } from '../connections/database-pool.ts'
import { askByNewConnection } from '../connections/running-statements.ts'

// Declared here, because only the types of browsers declare WebAssembly.
declare const WebAssembly: {
  instantiate(code: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>
}

const { Character, CharacterArray } = ColumnTypeEnum
const CHAR_OID = 18
const CHAR_ARRAY_OID = 1002

const MODULE = '@prisma/schema-engine-wasm/schema_engine_bg'
let binding: ReturnType<typeof loadBinding> | undefined

/** Prisma's schema engine for one database. It is the WebAssembly build of the engine that the Prisma CLI downloads. */
export async function withSchemaEngine<T>(
  { url, schema }: { url: string; schema?: string },
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  binding ??= loadBinding()
  const { SchemaEngine } = await binding
  const pool = new DatabasePool({ connectionString: url, max: 2, isRunning: askByNewConnection(url) })
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(new MendedPrismaPg(disguiseChar(pool)))
    const datamodels: [string, string][] | undefined = schema === undefined ? undefined : [['schema.prisma', schema]]
    const engine = await SchemaEngine.new({ datamodels }, () => {}, factory)
    try {
      return await use(engine)
    } finally {
      engine.free()
    }
  } finally {
    await pool.end()
  }
}

/** Prisma's adapter with two of its faults mended. */
class MendedPrismaPg extends PrismaPg {
  readonly #pool: Pool

  constructor(pool: Pool) {
    super(pool)
    this.#pool = pool
  }

  override async connect() {
    const adapter = await super.connect()
    // The adapter splits a script at every semicolon, even inside a function's body, and runs the pieces separately. We send the
    // script whole, which makes it one implicit transaction.
    adapter.executeScript = async (script) => {
      await this.#pool.query(script).catch((error: DatabaseError) => {
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
function disguiseChar(pool: Pool): Pool {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<QueryResult>
  const disguised = async (...args: unknown[]) => {
    const result = await query(...args)
    // A script of several statements yields a list of results.
    for (const field of [result].flat().flatMap(({ fields }) => fields)) {
      if (field.dataTypeID === CHAR_OID) field.dataTypeID = CHAR_ARRAY_OID
    }
    return result
  }
  return Object.assign(pool, { query: disguised })
}

/** Loads the engine by hand, because the package's entry imports its .wasm file, which Node cannot do. */
async function loadBinding() {
  const [module, code] = await Promise.all([
    import(MODULE),
    readFile(
      createRequire(import.meta.url)
        .resolve(MODULE)
        .replace(/\.js$/, '.wasm'),
    ),
  ])
  // `unref`, because the engine never clears the 10 s timeout of its lock and the process would wait for it before it exits.
  const timer = Object.keys(module).find((name) => name.startsWith('__wbg_setTimeout_')) ?? ''
  const imports = { ...module, [timer]: (callback: () => void, ms: number) => setTimeout(callback, ms).unref() }
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': imports })
  module.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return module
}
