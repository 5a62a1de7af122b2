import { pool } from '../db.ts'

/** The connections that serve requests. `waiting` counts who waits because all are in use: others get one at once. */
export function countConnections() {
  const { totalCount: total, idleCount: idle, waitingCount: asking } = pool
  return { used: total - idle, idle, waiting: Math.max(asking - idle - (pool.options.max - total), 0) }
}
