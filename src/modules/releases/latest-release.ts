import type { Context } from '../../context/context.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { type ReleaseNode, releasesOfProject } from './release-loaders.ts'
import { projectOrders, semverOrders } from './release-orders.ts'

export type LatestReleaseOptions = {
  orderBy?: 'RELEASED_AT' | 'SEMVER' | null | undefined
  includePrereleases?: boolean | null | undefined
  includeUpcoming?: boolean | null | undefined
}

// The same words as in the partial indexes, so that PostgreSQL uses them and skips everything else.
const stableVersions = Prisma.sql`AND NOT r.prerelease AND r.semver_key <> ''`
const versions = Prisma.sql`AND r.semver_key <> ''`
const noPrereleases = Prisma.sql`AND NOT r.prerelease`
// In whole seconds, like `isUpcoming`.
const published = Prisma.sql`AND r.released_at < date_trunc('second', now()) + interval '1 second'`

function candidates({ orderBy, includePrereleases, includeUpcoming }: LatestReleaseOptions): Prisma.Sql {
  const withPrereleases = includePrereleases ?? true
  const bySemver = withPrereleases ? versions : stableVersions
  const byDate = withPrereleases ? Prisma.empty : noPrereleases
  const kind = orderBy === 'SEMVER' ? bySemver : byDate
  return Prisma.sql`${kind} ${(includeUpcoming ?? true) ? Prisma.empty : published}`
}

/** The first release in the given order. Null when there is none. */
export async function latestRelease(
  context: Context,
  project: Project,
  options: LatestReleaseOptions,
): Promise<ReleaseNode | null> {
  const order = options.orderBy === 'SEMVER' ? semverOrders.SEMVER_DESC : projectOrders.RELEASED_AT_DESC
  const window = { limit: 1, backward: false, after: null, before: null }
  const page = await releasesOfProject(context, project, { window, order, where: candidates(options) })
  return page.edges[0]?.node ?? null
}
