import { isStillHeld, type Standing } from '../access/standing.ts'
import { db, type Tx } from '../database/db.ts'
import { AppError } from '../foundation/errors.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { holder, isAlive } from './holder.ts'
import { type KeyOfToken, nameOf, openAnswer, sealAnswer } from './sealed-answer.ts'

/** What an interrupted attempt has written; empty when it has written nothing. */
type Done = {
  /** The standing of the viewer who wrote. */
  standing?: Standing
  /** What each step has written: the ID of a row, or a sealed value (`once.ts`). */
  steps?: Readonly<Record<string, number | string>>
}

/** A request that is answered once. The client has chosen the key, which is unique to its token. */
export type KeyedRequest = KeyOfToken & {
  /** Distinguishes the request from other requests. Hexadecimal, at most 64 characters. */
  digest: string
  /** The standing of the viewer at the time of the request. */
  standing: Standing
}

/** A claim on the key. The time distinguishes it from the claim of an attempt that took over. */
export type Claim = KeyedRequest & {
  createdAt: Date
  /** Null for the first attempt. */
  done: Done | null
}

export type ClaimResult =
  | { outcome: 'claimed'; claim: Claim }
  | { outcome: 'answered'; response: string }
  | { outcome: 'running' }
  /** The key was used for another request. */
  | { outcome: 'taken' }
  /** There is an answer, but the viewer has lost a role since. */
  | { outcome: 'lost' }
  /** There was an answer, but it was too long to keep. */
  | { outcome: 'long' }

/** A kept answer. It has no response when the response was too long. */
type Kept = { response?: string; standing: Standing }

/** The longest answer of a mutation that is kept. Notes of a release with a hundred links take a third. */
const MAX_KEPT_CHARACTERS = 10_000_000

// An answer is kept for 24 hours. A key without an answer may be taken over when its holder's process is dead, when this process
// has abandoned the key, or after a minute, which is twice the longest statement. `done` has what the holder has written, so that
// it is not written again.
const insertOrTakeOver = ({ digest, ...key }: KeyedRequest, isAbandoned: boolean) => db.$queryRaw<
  { createdAt: Date; done: Done | null }[]
>`
  INSERT /* idempotency.claim */ INTO idempotency_records AS r (user_id, key, request_digest, holder)
  VALUES (${key.userId}, ${nameOf(key)}, ${digest}, ${holder})
  ON CONFLICT (user_id, key) DO UPDATE
  SET request_digest = EXCLUDED.request_digest, response = NULL, created_at = EXCLUDED.created_at, holder = EXCLUDED.holder,
    done = CASE WHEN r.created_at < now() - interval '24 hours' THEN NULL ELSE coalesce(r.done, '{}') END
  WHERE r.created_at < now() - interval '24 hours'
    OR (r.response IS NULL AND r.request_digest = EXCLUDED.request_digest
      AND (r.created_at < now() - interval '1 minute' OR (${isAbandoned} AND r.holder = ${holder}) OR NOT ${isAlive(Prisma.sql`r.holder`)}))
  RETURNING created_at AS "createdAt", done`

/** Deletes two outdated records for each new record, so that the table does not grow. */
const deleteOutdated = () => db.$executeRaw`
  DELETE /* idempotency.deleteOutdated */ FROM idempotency_records WHERE (user_id, key) IN (
    SELECT user_id, key FROM idempotency_records WHERE created_at < now() - interval '24 hours'
    ORDER BY created_at LIMIT 2 FOR UPDATE SKIP LOCKED)`

/** A claimed key must be answered or freed. `isAbandoned`: an earlier request of this process could do neither. */
export async function claimKey(request: KeyedRequest, isAbandoned = false): Promise<ClaimResult> {
  const [claimed] = await insertOrTakeOver(request, isAbandoned)
  if (claimed) {
    await deleteOutdated()
    const claim = { ...request, ...claimed }
    if (isStillHeld(claim.done?.standing ?? {}, request.standing)) return { outcome: 'claimed', claim }
    await freeKey(claim)
    return { outcome: 'lost' }
  }
  const userId_key = { userId: request.userId, key: nameOf(request) }
  const held = await db.idempotencyRecord.findUnique({ where: { userId_key } })
  if (held && held.requestDigest !== request.digest) return { outcome: 'taken' }
  if (!held?.response) return { outcome: 'running' }
  const { response, standing } = JSON.parse(openAnswer(request, held.response)) as Kept
  if (!isStillHeld(standing, request.standing)) return { outcome: 'lost' }
  return response === undefined ? { outcome: 'long' } : { outcome: 'answered', response }
}

const rowOf = (claim: Claim) => ({
  userId: claim.userId,
  key: nameOf(claim),
  createdAt: claim.createdAt,
  response: null,
})

/** Keeps the answer, which every repetition of the request gets from now on. */
export async function keepAnswer(claim: Claim, response: string): Promise<void> {
  const kept: Kept = { ...(response.length > MAX_KEPT_CHARACTERS ? {} : { response }), standing: claim.standing }
  const sealed = sealAnswer(claim, JSON.stringify(kept))
  await db.idempotencyRecord.updateMany({ where: rowOf(claim), data: { response: sealed, done: Prisma.DbNull } })
}

/** Frees the key of an attempt without an answer. The next attempt starts anew, or continues from what was written. */
export async function freeKey(claim: Claim): Promise<void> {
  const { count } = await db.idempotencyRecord.deleteMany({
    where: { ...rowOf(claim), done: { equals: Prisma.DbNull } },
  })
  if (count === 0) await db.idempotencyRecord.updateMany({ where: rowOf(claim), data: { holder: 0 } })
}

/** Frees the key of a request of this process that lost the database and may not know whether it had claimed the key. */
export async function freeKeyAfterOutage(request: KeyedRequest, failedAt: Date): Promise<void> {
  const userAndKey = { userId: request.userId, key: nameOf(request) }
  await db.idempotencyRecord.updateMany({
    where: { ...userAndKey, holder, response: null, createdAt: { lte: failedAt } },
    data: { holder: 0 },
  })
}

/** The new `done` of a record after one more step. The arguments are SQL for the step, for what it wrote and for the standing. */
export const withStep = (step: Prisma.Sql, made: Prisma.Sql, standing: Prisma.Sql): Prisma.Sql => Prisma.sql`
  jsonb_build_object('standing', ${standing}::jsonb,
    'steps', coalesce(done -> 'steps', '{}') || jsonb_build_object(${step}::text, ${made}))`

export const takenOver = () =>
  new AppError('CONFLICT', 'The request was sent again meanwhile: ask again', { retryAfter: 1 })

/** Records a step in the transaction that writes it. Throws when another attempt has taken over, because that attempt writes. */
export async function recordStep(tx: Tx, claim: Claim, step: number, made: string): Promise<void> {
  const done = withStep(Prisma.sql`${step}`, Prisma.sql`${made}::text`, Prisma.sql`${JSON.stringify(claim.standing)}`)
  const noted = await tx.$executeRaw`
    UPDATE /* idempotency.recordStep */ idempotency_records SET done = ${done}
    WHERE user_id = ${claim.userId} AND key = ${nameOf(claim)} AND created_at = ${claim.createdAt} AND response IS NULL`
  if (noted === 0) throw takenOver()
}
