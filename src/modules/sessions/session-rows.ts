import { isOpenSession } from '../../authentication/load-viewer.ts'
import { db, type Tx } from '../../database/db.ts'
import { Prisma, type Session } from '../../generated/prisma/client.ts'
import { readRows, reviver } from '../../rows/json-rows.ts'

/** What its owner sees of a session. */
export type SessionRow = Pick<Session, 'id' | 'ipAddress' | 'userAgent' | 'scopes' | 'createdAt' | 'usedAt'> & {
  /** When the session ends if it is not used until then. */
  expiresAt: Date
}

/** One more session of an account ends its least used session. */
const MOST_SESSIONS = 100

const open = Prisma.sql`sessions s LEFT JOIN access_tokens t ON t.id = s.access_token_id`

const revive = reviver<SessionRow>({ createdAt: true, usedAt: true, expiresAt: true })

/** The sessions of an account that go on, the last used first. */
export const listSessions = (userId: number): Promise<SessionRow[]> =>
  readRows<SessionRow>(
    'sessions.list',
    Prisma.sql`
      SELECT s.id, host(s.ip_address) AS "ipAddress", s.user_agent AS "userAgent", s.scopes::text[], s.created_at AS "createdAt",
        s.used_at AS "usedAt", least(s.ends_at, s.used_at + make_interval(secs => s.idle_seconds)) AS "expiresAt"
      FROM ${open} WHERE s.user_id = ${userId} AND ${isOpenSession} ORDER BY s.used_at DESC, s.id DESC LIMIT ${MOST_SESSIONS}`,
    revive,
  )

export const endLeastUsedSessions = (tx: Tx, userId: number): Promise<number> => tx.$executeRaw`
  DELETE /* sessions.endLeastUsed */ FROM sessions WHERE id IN (
    SELECT id FROM sessions WHERE user_id = ${userId} ORDER BY used_at DESC, id DESC OFFSET ${MOST_SESSIONS})`

/** One statement removes so many rows in less than a second. */
const MANY = 5000

/** Removes sessions that have ended. Returns how many. */
export const removeEndedSessions = (): Promise<number> => db.$executeRaw`
  DELETE /* sessions.removeEnded */ FROM sessions WHERE id IN (
    SELECT s.id FROM ${open} WHERE NOT (${isOpenSession}) LIMIT ${MANY})`
