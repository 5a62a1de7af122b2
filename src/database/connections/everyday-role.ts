// The role by which the server uses its embedded database. The role owns the database and has no other rights.
import { createHmac } from 'node:crypto'
import type { Client, DatabaseError } from 'pg'
import { clientOf } from './connection.ts'

export const DATABASE = 'waybill'
export const EVERYDAY_ROLE = 'waybill_server'

/** Held while ownership changes, so that two processes that start at once do not change it at the same time. */
const OWNERSHIP_LOCK = 7_927_003

/** Derived from the superuser's password, which it does not reveal, so that we need not store a second password. */
export const everydayPassword = (superuserPassword: string): string =>
  createHmac('sha256', superuserPassword).update(EVERYDAY_ROLE).digest('base64url')

const POWERLESS = 'NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'

/** Our objects with another owner, each with its keyword for ALTER. A table takes its own sequences, indexes and types along. */
const FOREIGN = `
  WITH /* everydayRole.foreign */ role AS (SELECT oid FROM pg_roles WHERE rolname = '${EVERYDAY_ROLE}'),
    own AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
    extension AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
  SELECT format('SCHEMA %I', nspname) AS object FROM pg_namespace n JOIN own USING (oid), role
    WHERE nspname <> 'public' AND nspowner <> role.oid
  UNION ALL
  SELECT format('%s %s', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
      c.oid::regclass)
    FROM pg_class c JOIN own ON own.oid = relnamespace, role
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relowner <> role.oid
      AND (relkind <> 'S' OR NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')))
      AND (SELECT count(*) FROM extension e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid) = 0
  UNION ALL
  SELECT format('TYPE %s', t.oid::regtype) FROM pg_type t JOIN own ON own.oid = typnamespace
      LEFT JOIN pg_class c ON c.oid = typrelid, role
    WHERE typowner <> role.oid AND (typtype IN ('e', 'd', 'r') OR (typtype = 'c' AND c.relkind = 'c'))
      AND (SELECT count(*) FROM extension e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid) = 0
  UNION ALL
  SELECT format('ROUTINE %s', p.oid::regprocedure) FROM pg_proc p JOIN own ON own.oid = pronamespace, role
    WHERE proowner <> role.oid
      AND (SELECT count(*) FROM extension e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid) = 0`

const ALREADY_THERE = new Set(['42710', '42P04', '23505'])

/** Ignores that the object already exists, because another process may have made it at the same time. */
async function make(admin: Client, statement: string): Promise<void> {
  await admin.query(statement).catch((error: DatabaseError) => {
    if (!ALREADY_THERE.has(error.code ?? '')) throw error
  })
}

async function ensureRole(admin: Client, password: string): Promise<void> {
  const { rows } = await admin.query<{ powerful: boolean }>(
    `SELECT /* everydayRole.isPowerful */ rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls AS powerful
     FROM pg_roles WHERE rolname = '${EVERYDAY_ROLE}'`,
  )
  // The password is base64url, so it needs no quoting.
  if (!rows[0]) await make(admin, `CREATE ROLE ${EVERYDAY_ROLE} LOGIN ${POWERLESS} PASSWORD '${password}'`)
  else if (rows[0].powerful) await admin.query(`ALTER ROLE ${EVERYDAY_ROLE} ${POWERLESS}`)
}

async function ensureDatabase(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ owner: string }>(
    `SELECT /* everydayRole.owner */ pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = '${DATABASE}'`,
  )
  if (!rows[0]) await make(admin, `CREATE DATABASE ${DATABASE} OWNER ${EVERYDAY_ROLE}`)
  else if (rows[0].owner !== EVERYDAY_ROLE) await admin.query(`ALTER DATABASE ${DATABASE} OWNER TO ${EVERYDAY_ROLE}`)
}

/** Changes all owners in one transaction, so that a kill changes nothing and the next start tries again. */
async function takeOver(client: Client): Promise<void> {
  if ((await client.query(FOREIGN)).rowCount === 0) return
  await client.query('BEGIN')
  await client.query('SELECT /* everydayRole.lock */ pg_advisory_xact_lock($1)', [OWNERSHIP_LOCK])
  const { rows } = await client.query<{ object: string }>(FOREIGN)
  for (const { object } of rows) await client.query(`ALTER ${object} OWNER TO ${EVERYDAY_ROLE}`)
  await client.query('COMMIT')
}

export type Superuser = {
  /** Connected to a database that always exists. */
  admin: Client
  password: string
  /** The URL of the database that the role will own. */
  url: string
}

/**
 * Creates the role and the database, and makes the role the owner of everything in it. Older versions made everything as the
 * superuser. Writes nothing when nothing has to change.
 */
export async function ensureEverydayRole({ admin, password, url }: Superuser): Promise<void> {
  await ensureRole(admin, everydayPassword(password))
  await ensureDatabase(admin)
  const client = clientOf(url, { applicationName: 'waybill ownership' })
  try {
    await client.connect()
    await takeOver(client)
  } finally {
    await client.end()
  }
}
