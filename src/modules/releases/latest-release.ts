import { can } from '../../access/abilities.ts'
import type { Context } from '../../context/context.ts'
import { Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import type { Order } from '../../rows/keyset.ts'
import { type ReleaseNode, releasesOfProject } from './release-loaders.ts'
import { projectOrders, semverOrders } from './release-orders.ts'

export type LatestReleaseOptions = {
  orderBy?: 'RELEASED_AT' | 'SEMVER' | null | undefined
  includePrereleases?: boolean | null | undefined
  includeUpcoming?: boolean | null | undefined
  /** The latest stable release. The other options do not count then. */
  stable?: boolean | null | undefined
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

const marked = Prisma.sql`${published} AND r.id = (SELECT l.release_id FROM latest_releases l WHERE l.project_id = r.project_id)`
const stable: LatestReleaseOptions = { orderBy: 'SEMVER', includePrereleases: false, includeUpcoming: false }

/**
 * The release that a person marked, or else the highest stable version. Neither is upcoming. For a viewer who may not read code
 * no version is looked up, because the answer would reveal which one is the highest.
 */
async function latestStableRelease(context: Context, project: Project): Promise<ReleaseNode | null> {
  const chosen = await firstRelease(context, project, { order: projectOrders.RELEASED_AT_DESC, where: marked })
  if (chosen || !can(context.viewer, 'code:read', project)) return chosen
  return latestRelease(context, project, stable)
}

/** The first release in the given order. Null when there is none. */
export async function latestRelease(
  context: Context,
  project: Project,
  options: LatestReleaseOptions,
): Promise<ReleaseNode | null> {
  if (options.stable) return latestStableRelease(context, project)
  const order = options.orderBy === 'SEMVER' ? semverOrders.SEMVER_DESC : projectOrders.RELEASED_AT_DESC
  return firstRelease(context, project, { order, where: candidates(options) })
}

type Asked = { order: Order<Release>; where: Prisma.Sql }

async function firstRelease(context: Context, project: Project, asked: Asked): Promise<ReleaseNode | null> {
  const window = { limit: 1, backward: false, after: null, before: null }
  const page = await releasesOfProject.page(context, project, { window, ...asked })
  const release = page.edges[0]?.node
  return release ? { ...release, project } : null
}
