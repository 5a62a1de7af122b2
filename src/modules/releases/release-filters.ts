import { Prisma } from '../../generated/prisma/client.ts'

export type ReleaseFilters = {
  updatedAfter?: Date | null | undefined
  updatedBefore?: Date | null | undefined
  releasedAfter?: Date | null | undefined
  releasedBefore?: Date | null | undefined
}

/** A condition for each given bound, which begins with `AND` and excludes the bound itself. Empty without a bound. */
export function filterReleases(filters: ReleaseFilters): Prisma.Sql {
  const bounds = [
    filters.updatedAfter && Prisma.sql`AND r.updated_at > ${filters.updatedAfter}`,
    filters.updatedBefore && Prisma.sql`AND r.updated_at < ${filters.updatedBefore}`,
    filters.releasedAfter && Prisma.sql`AND r.released_at > ${filters.releasedAfter}`,
    filters.releasedBefore && Prisma.sql`AND r.released_at < ${filters.releasedBefore}`,
  ].filter((bound) => bound != null)
  return bounds.length === 0 ? Prisma.empty : Prisma.join(bounds, ' ')
}

export const isFiltered = (filters: ReleaseFilters) => filterReleases(filters) !== Prisma.empty
