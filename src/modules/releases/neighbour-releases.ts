// The releases before and after a release, in the order of versions (`semverOrders`).
import { Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import { rowsByKey } from '../../rows/rows-by-key.ts'
import { releases } from './release-loaders.ts'
import { versionKeyOf } from './tag-name.ts'

const directions = {
  previous: { beyond: Prisma.sql`<`, order: Prisma.sql`DESC` },
  next: { beyond: Prisma.sql`>`, order: Prisma.sql`ASC` },
} as const

/** By the id of a release. One statement reads the neighbours of a whole page. */
const neighbour = (direction: keyof typeof directions) =>
  rowsByKey<number, Release>({
    nameOf: String,
    async read(ids, plan, replica) {
      const { beyond, order } = directions[direction]
      const rows = await releases.read<{ neighbourOf: number }>(
        direction,
        Prisma.sql`
        SELECT ${releases.columnsFor(plan)}, own.id AS "neighbourOf"
        FROM releases own CROSS JOIN LATERAL (
          SELECT * FROM releases near
          WHERE near.project_id = own.project_id AND near.semver_key <> ''
            AND (near.semver_key, near.id) ${beyond} (own.semver_key, own.id)
          ORDER BY near.semver_key ${order}, near.id ${order} LIMIT 1
        ) r
        WHERE own.id = ANY (${ids}::int[]) AND own.semver_key <> ''`,
        replica,
      )
      const found = new Map(rows.map((row) => [row.neighbourOf, row]))
      return ids.map((id) => found.get(id) ?? null)
    },
  })

export const previousRelease = neighbour('previous')
export const nextRelease = neighbour('next')

/** The release of the next lower version than that of the tag. Before a stable version only stable versions count. */
export async function releaseBefore(project: Project, tag: string): Promise<Release | null> {
  const { semverKey, prerelease } = versionKeyOf(tag)
  if (semverKey === '') return null
  const stable = prerelease ? Prisma.empty : Prisma.sql`AND NOT r.prerelease`
  const [found] = await releases.where(
    'before',
    Prisma.sql`r.project_id = ${project.id} AND r.semver_key <> '' ${stable}
      AND r.semver_key < ${semverKey} ORDER BY r.semver_key DESC, r.id DESC LIMIT 1`,
  )
  return found ?? null
}
