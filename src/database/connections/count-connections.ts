import { pool } from '../db.ts'

/** The connections that serve requests. `waiting` counts who waits for one. */
export const countConnections = () => ({
  used: pool.totalCount - pool.idleCount,
  idle: pool.idleCount,
  waiting: pool.waitingCount,
})
