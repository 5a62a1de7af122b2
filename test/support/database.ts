import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Client, DatabaseError } from 'pg'
import { inject } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'

export type TestDatabase = { url: string; drop(): Promise<void> }

/** A migrated database without rows, for one test file or one test. */
export function createDatabase(): Promise<TestDatabase> {
  return cloneDatabase(inject('databaseServer').template)
}

/** A database without tables. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return cloneDatabase('template0')
}

async function cloneDatabase(source: string): Promise<TestDatabase> {
  const server = inject('databaseServer')
  const name = `${server.template}_${randomBytes(6).toString('hex')}`
  await withConnection(server.url, (client) => clone(client, name, source))
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return {
    url: url.href,
    async drop() {
      await withConnection(server.url, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    },
  }
}

const BEING_ACCESSED = '55006'
const ATTEMPTS = 20

/** The connection that migrated the template may take a moment to end. */
async function clone(client: Client, name: string, source: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Copying the files takes half the time of writing every page to the log.
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${source} STRATEGY FILE_COPY`)
      return
    } catch (error) {
      if ((error as DatabaseError).code !== BEING_ACCESSED || attempt === ATTEMPTS) throw error
      await setTimeout(50)
    }
  }
}
