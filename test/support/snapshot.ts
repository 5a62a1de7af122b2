import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { db } from '../../src/database/db.ts'
import type { TestApp } from './app.ts'

/** Every row of every table of Waybill and every waiting job, as one digest per table. */
async function tables(): Promise<Record<string, string>> {
  const names = await db.$queryRaw<{ name: string }[]>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%' OR schemaname = 'graphile_worker' AND tablename = '_private_jobs'
    ORDER BY 1`
  const digests = names.map(
    ({ name }) =>
      `SELECT '${name}' AS name, md5(coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '')) AS digest FROM ${name} t`,
  )
  const rows = await db.$queryRawUnsafe<{ name: string; digest: string }[]>(digests.join(' UNION ALL '))
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))
}

/** The refs in git's own files, which can be read in a fraction of the time that a start of git takes. */
async function refsOf(repository: string): Promise<Record<string, string>> {
  const entries = await readdir(path.join(repository, 'refs'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  const read = async (file: string) => [file, await readFile(file, 'utf8').catch(() => '')] as const
  return Object.fromEntries(await Promise.all([...files, path.join(repository, 'packed-refs')].map(read)))
}

/** Everything that a refused call must leave as it was: the database, and the refs of a project. */
export async function snapshot(app: TestApp, projectId: number) {
  return { tables: await tables(), refs: await refsOf(app.repositories.directory(projectId)) }
}
