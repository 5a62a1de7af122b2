import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { migrate, pendingMigrations } from '../../src/database/migrations/migrate.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { schemaDiff } from '../support/schema-diff.ts'

const prisma = fileURLToPath(new URL('../../prisma', import.meta.url))
const migrationsDir = `${prisma}/migrations`
const schemaPath = `${prisma}/schema.prisma`

type Moment = 'a change of the schema' | 'the record of a migration'

/** What happens at each statement that changes the schema, and at each that records a migration. */
const AT: Record<Moment, (kill: string) => { change: string; record: string }> = {
  'a change of the schema': (kill) => ({ change: kill, record: '' }),
  'the record of a migration': (kill) => ({
    change: `
      IF to_regclass('_prisma_migrations') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'kills') THEN
        CREATE TRIGGER kills BEFORE INSERT ON _prisma_migrations FOR EACH ROW EXECUTE FUNCTION kills.on_record();
      END IF;`,
    record: kill,
  }),
}

/** The database ends the connection at the nth statement of this kind. The sequence that counts them survives. */
function killAt(moment: Moment, nth: number): string {
  const kill = `IF nextval('kills.statements') = ${nth} THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;`
  const { change, record } = AT[moment](kill)
  return `
    CREATE SCHEMA kills;
    CREATE SEQUENCE kills.statements;
    CREATE FUNCTION kills.on_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${record} RETURN NEW; END $$;
    CREATE FUNCTION kills.on_change() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN ${change} END $$;
    CREATE EVENT TRIGGER kills ON ddl_command_end EXECUTE FUNCTION kills.on_change();`
}

const STOP_KILLING = 'DROP EVENT TRIGGER kills; DROP SCHEMA kills CASCADE'

/** A description of the whole schema of a database, in one text. */
async function describe(url: string): Promise<unknown> {
  const { rows } = await withConnection(url, (client) =>
    client.query(`
      SELECT (SELECT md5(string_agg(concat(table_name, column_name, data_type, column_default, is_nullable), '|' ORDER BY table_name, column_name))
                FROM information_schema.columns WHERE table_schema = 'public') AS columns,
        (SELECT md5(string_agg(indexdef, '|' ORDER BY indexdef)) FROM pg_indexes WHERE schemaname = 'public') AS indexes,
        (SELECT md5(string_agg(concat(proname, pg_get_function_arguments(oid), prosrc), '|' ORDER BY proname, prosrc))
           FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS functions,
        (SELECT md5(string_agg(pg_get_triggerdef(oid), '|' ORDER BY pg_get_triggerdef(oid)))
           FROM pg_trigger WHERE NOT tgisinternal) AS triggers,
        (SELECT md5(string_agg(pg_get_constraintdef(oid), '|' ORDER BY pg_get_constraintdef(oid)))
           FROM pg_constraint WHERE connamespace = 'public'::regnamespace) AS constraints,
        (SELECT array_agg(migration_name ORDER BY finished_at) FROM _prisma_migrations
           WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL) AS migrations,
        (SELECT json_object_agg(name, version ORDER BY name) FROM sql_files) AS files`),
  )
  return rows[0]
}

/** True when the migrations were cut off at this statement; false when they have fewer statements. */
async function migrateWithKillAt(moment: Moment, nth: number, expected: unknown): Promise<boolean> {
  const { url, drop } = await createEmptyDatabase()
  await withConnection(url, (client) => client.query(killAt(moment, nth)))
  const cutOff = await migrate({ url, migrationsDir }).then(
    () => false,
    () => true,
  )
  await withConnection(url, (client) => client.query(STOP_KILLING))
  await migrate({ url, migrationsDir })
  expect(await describe(url)).toEqual(expected)
  await drop()
  return cutOff
}

/** Kills at every `step`th statement of this kind from a random one on, and returns how often. */
async function killAtEvery(step: number, moment: Moment): Promise<number> {
  const { url } = await createEmptyDatabase()
  await migrate({ url, migrationsDir })
  expect(await schemaDiff({ url, schemaPath })).toBeNull()
  expect(await pendingMigrations({ url, migrationsDir })).toEqual([])
  const expected = await describe(url)

  let next = 1 + Math.floor(Math.random() * step)
  let kills = 0
  const work = async () => {
    for (;;) {
      const nth = next
      next += step
      if (!(await migrateWithKillAt(moment, nth, expected))) return
      kills += 1
    }
  }
  await Promise.all([work(), work()])
  return kills
}

test('a connection that is killed when a migration is recorded leaves a database that the next start can go on from', async () => {
  expect(await killAtEvery(1, 'the record of a migration')).toBe((await readdir(migrationsDir)).length)
})

/** Each kill runs all migrations twice, so a run kills at some of the statements, and the next run at others. */
const STEP = 12

test('a connection that is killed at any statement of any migration leaves a database that the next start can go on from', async () => {
  const kills = await killAtEvery(STEP, 'a change of the schema')
  expect(kills * STEP).toBeGreaterThan(15 * (await readdir(migrationsDir)).length)
}, 240_000)
