import { visibleReleases } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { type Group, Prisma } from '../../generated/prisma/client.ts'
import { fromGroups } from './release-loaders.ts'

/** `month` is as in `2026-11`. */
export type ReleaseMonth = { month: string; count: number }

/** The server counts up to this number in each month, because counting further takes too long. */
const MOST_IN_MONTH = 1000

const thisMonth = Prisma.sql`date_trunc('month', now() AT TIME ZONE 'UTC')`

/**
 * How many releases the group and the groups below it published in each of the last twelve months (UTC), the oldest first. Counts
 * what the viewer may read. The viewer may read the releases of the group.
 */
export const releaseMonths = ({ viewer }: Context, { id }: Group): Promise<ReleaseMonth[]> => db.$queryRaw`
  SELECT /* releases.monthsOfGroup */ to_char(months.begin, 'YYYY-MM') AS month, (
    SELECT count(*)::int FROM (
      SELECT FROM ${fromGroups}
      WHERE gr.group_id = ${id} AND gr.released_at <= now() AND gr.released_at >= months.begin AT TIME ZONE 'UTC'
        AND gr.released_at < (months.begin + interval '1 month') AT TIME ZONE 'UTC' ${visibleReleases(viewer)}
      LIMIT ${MOST_IN_MONTH}) AS counted) AS count
  FROM generate_series(${thisMonth} - interval '11 months', ${thisMonth}, interval '1 month') AS months (begin)
  ORDER BY months.begin`
