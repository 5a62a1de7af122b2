// The release that a person marked as the latest of its project. A project has at most one mark.
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { type LatestRelease, Prisma, type Release } from '../../generated/prisma/client.ts'
import { table } from '../../rows/table.ts'

export type MakeLatest = 'AUTO' | 'YES'

type Named = Pick<Release, 'id' | 'projectId'>

const marks = table<LatestRelease>('latest_releases', 'l', { fields: Prisma.LatestReleaseScalarFieldEnum, dates: {} })
const markOfProject = marks.by('projectId')

export const isMarkedLatest = async (context: Context, { id, projectId }: Named): Promise<boolean> =>
  (await markOfProject(context).load(projectId))?.releaseId === id

/** Marks the release of each row of `source`, which selects `project_id` and `id`. The mark of another release goes. */
export const moveMark = (source: Prisma.Sql): Prisma.Sql => Prisma.sql`
  INSERT /* latestReleases.mark */ INTO latest_releases (project_id, release_id) ${source}
  ON CONFLICT (project_id) DO UPDATE SET release_id = excluded.release_id`

/** Writers lock the release, then the mark, then the project. */
export async function makeReleaseLatest(tx: Tx, { id, projectId }: Named, makeLatest: MakeLatest): Promise<void> {
  if (makeLatest === 'YES') await tx.$executeRaw(moveMark(Prisma.sql`SELECT ${projectId}::int, ${id}::int`))
  else await tx.latestRelease.deleteMany({ where: { releaseId: id } })
}
