import { z } from 'zod'

/**
 * For an address some 20 costly queries or 250 reads of REST a second, far more than ordinary use. An account has twice as much.
 */
export const DEFAULT_POINTS = { account: 300_000, address: 150_000 } as const

const MAX_POINTS = 1_000_000_000
const problem = `must be a number of points in a minute, from 1 to ${MAX_POINTS}`

export const PointsInAMinute = z.coerce.number({ error: problem }).int(problem).min(1, problem).max(MAX_POINTS, problem)
