import { db } from '../../db.ts'
import { type KeyOfToken, nameOf, openAnswer, sealAnswer } from './sealed-answer.ts'
import { isStillHeld, type Standing } from './standing.ts'

/** A request that is answered once: the key is the client's, unique to its token. */
export type KeyedRequest = KeyOfToken & {
  /** Tells the request from others, hexadecimal; at most 64 characters. */
  digest: string
  /** What the viewer is when it asks. */
  standing: Standing
}

/** Who holds the key; the time tells the holder from one that took over. */
export type Claim = KeyedRequest & { createdAt: Date }

export type ClaimResult =
  | { outcome: 'claimed'; claim: Claim }
  | { outcome: 'answered'; response: string }
  | { outcome: 'running' }
  /** The key belongs to another request. */
  | { outcome: 'taken' }
  /** There is an answer, for who was more than the viewer is by now. */
  | { outcome: 'lost' }
  /** There was an answer, too long to be kept. */
  | { outcome: 'long' }

/** Without a response where that was too long. */
type Kept = { response?: string; standing: Standing }

/** As long as whole answers may be sent to a mutation: a release's notes with a hundred links take a third. */
const MAX_KEPT_CHARACTERS = 10_000_000

// An answer is kept for 24 hours. Without one after a minute, twice as long as a statement may take, whoever held the key
// is taken for dead. It may have written before it died: then the repetition is told by the rules that it exists already.
const insertOrTakeOver = ({ digest, ...key }: KeyedRequest) => db.$queryRaw<{ createdAt: Date }[]>`
  INSERT INTO idempotency_records AS r (user_id, key, request_digest) VALUES (${key.userId}, ${nameOf(key)}, ${digest})
  ON CONFLICT (user_id, key) DO UPDATE
  SET request_digest = EXCLUDED.request_digest, response = NULL, created_at = EXCLUDED.created_at
  WHERE r.created_at < now() - interval '24 hours'
    OR (r.response IS NULL AND r.request_digest = EXCLUDED.request_digest AND r.created_at < now() - interval '1 minute')
  RETURNING created_at AS "createdAt"`

/** Two for one that is made, so that the table does not grow. */
const deleteOutdated = () => db.$executeRaw`
  DELETE FROM idempotency_records WHERE (user_id, key) IN (
    SELECT user_id, key FROM idempotency_records WHERE created_at < now() - interval '24 hours'
    ORDER BY created_at LIMIT 2 FOR UPDATE SKIP LOCKED)`

/** Whoever claims a key must answer or give it back. */
export async function claimKey(request: KeyedRequest): Promise<ClaimResult> {
  const [claimed] = await insertOrTakeOver(request)
  if (claimed) {
    await deleteOutdated()
    return { outcome: 'claimed', claim: { ...request, ...claimed } }
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

/** Every repetition is answered with it from now on. */
export async function keepAnswer(claim: Claim, response: string): Promise<void> {
  const kept: Kept = {
    ...(response.length > MAX_KEPT_CHARACTERS ? {} : { response }),
    standing: claim.standing,
  }
  const sealed = sealAnswer(claim, JSON.stringify(kept))
  await db.idempotencyRecord.updateMany({ where: rowOf(claim), data: { response: sealed } })
}

/** Nothing was done: the next attempt is a first one. */
export async function giveBackKey(claim: Claim): Promise<void> {
  await db.idempotencyRecord.deleteMany({ where: rowOf(claim) })
}
