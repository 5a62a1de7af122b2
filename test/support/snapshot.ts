import { db } from '../../src/db.ts'
import { runGit } from '../../src/modules/git/git.ts'
import type { TestApp } from './app.ts'

/** Every row of every table of ours and every job that waits, as one digest per table. */
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

/** All that a refused call must leave as it was: the database, and the refs of a project. */
export async function snapshot(app: TestApp, projectId: number) {
  const refs = await runGit(app.repositories.directory(projectId), ['for-each-ref'])
  return { tables: await tables(), refs }
}
