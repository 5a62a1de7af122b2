import { z } from 'zod'
import { Prisma, type Release } from '../../generated/prisma/client.ts'
import { IdValue } from '../../rows/cursor-values.ts'
import { byId, byTime, type Order } from '../../rows/keyset.ts'

const id = Prisma.sql`r.id`
const releasedAt = { time: Prisma.sql`r.released_at`, field: 'releasedAt' } as const
const createdAt = { time: Prisma.sql`r.created_at`, field: 'createdAt' } as const

/** The orders of a project's releases. Among releases with the same date the newest id comes first, even if dates ascend. */
export const projectOrders = {
  RELEASED_AT_DESC: byTime({ name: 'RELEASED_AT_DESC', direction: 'desc', id, ...releasedAt }),
  RELEASED_AT_ASC: byTime({ name: 'RELEASED_AT_ASC', direction: 'asc', id, descendingId: true, ...releasedAt }),
  CREATED_DESC: byTime({ name: 'CREATED_DESC', direction: 'desc', id, ...createdAt }),
  CREATED_ASC: byTime({ name: 'CREATED_ASC', direction: 'asc', id, descendingId: true, ...createdAt }),
} satisfies Record<string, Order<Release>>

// Versions and their keys consist of printable ASCII.
const SemverKey = z
  .string()
  .max(1024)
  .regex(/^[ -~]*$/)

/** By SemVer precedence. Tags without a version, whose key is '', come last in both directions. */
export const semverOrders = {
  SEMVER_DESC: {
    name: 'SEMVER_DESC',
    direction: 'desc',
    terms: [Prisma.sql`r.semver_key`, id],
    casts: ['varchar', 'int'],
    values: z.tuple([SemverKey, IdValue]),
    fields: ['semverKey'],
    position: (release) => [release.semverKey, release.id],
  },
  SEMVER_ASC: {
    name: 'SEMVER_ASC',
    direction: 'asc',
    terms: [Prisma.sql`(r.semver_key = '')`, Prisma.sql`r.semver_key`, Prisma.sql`(-r.id)`],
    casts: ['boolean', 'varchar', 'int'],
    values: z.tuple([SemverKey, IdValue]).transform(([key, at]) => [key === '', key, -at]),
    fields: ['semverKey'],
    position: (release) => [release.semverKey, release.id],
  },
} satisfies Record<string, Order<Release>>

const group = { time: Prisma.sql`gr.released_at`, id: Prisma.sql`gr.release_id`, field: 'releasedAt' } as const

/** The orders of a group's releases. Releases with the same date are sorted by id, in the same direction. */
export const groupOrders = {
  RELEASED_AT_DESC: byTime({ name: 'GROUP_RELEASED_AT_DESC', direction: 'desc', ...group }),
  RELEASED_AT_ASC: byTime({ name: 'GROUP_RELEASED_AT_ASC', direction: 'asc', ...group }),
} satisfies Record<string, Order<Release>>

/** The order of a milestone's releases: the newest first. */
export const milestoneOrder: Order<Release> = byId('MILESTONE_RELEASES', 'desc', Prisma.sql`mr.release_id`)
