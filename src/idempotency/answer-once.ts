// Every door handles an `Idempotency-Key` by `answerOnce`: a write that is sent again gets the first answer and is not made
// again.
import { createHash } from 'node:crypto'
import { assertMayWrite } from '../access/assert-may-write.ts'
import { standingOf } from '../access/standing.ts'
import type { Viewer } from '../access/viewer.ts'
import { type CredentialHeaders, credentialsIn } from '../authentication/authenticate.ts'
import type { KeyedSteps } from '../context/keyed-steps.ts'
import { AppError, type ErrorCode } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import { abandonKey, takeAbandonedKey } from './abandoned-keys.ts'
import {
  type Claim,
  claimKey,
  freeKey,
  freeKeyAfterOutage,
  type KeyedRequest,
  keepAnswer,
} from './idempotency-service.ts'
import { stepsOf } from './once.ts'

const wellFormed = /^[\x20-\x7e]{1,255}$/

const refusals = {
  batch: ['INVALID', 'An Idempotency-Key cannot stand for the several operations of a batch: send them one by one'],
  malformed: ['INVALID', 'The Idempotency-Key must have 1 to 255 printable ASCII characters'],
  nobody: ['INVALID', 'An Idempotency-Key needs an account: the request has none'],
  running: ['CONFLICT', 'The first request with this Idempotency-Key is still running: try again later'],
  long: [
    'CONFLICT',
    'The first request with this Idempotency-Key was made, and its answer was too long to be kept: read what it made',
  ],
  lost: [
    'FORBIDDEN',
    'You have lost a role since the first request with this Idempotency-Key: its answer is not shown',
  ],
  taken: ['UNPROCESSABLE', 'This Idempotency-Key was used for another request in the last 24 hours'],
} as const satisfies Record<string, readonly [ErrorCode, string]>

/** The request is refused because of its key, and not because of what it writes. */
export class KeyRefusal extends AppError {
  override readonly name = 'KeyRefusal'

  constructor(reason: keyof typeof refusals) {
    const [code, message] = refusals[reason]
    super(code, message, reason === 'running' ? { retryAfter: 1 } : {})
  }
}

/** The credential in the headers. Two tokens of one account are different, even when they have the same rights. */
const tokenOf = (headers: CredentialHeaders) => JSON.stringify(credentialsIn(headers))

export type KeyedWrite = {
  viewer: Viewer
  credentials: CredentialHeaders
  key: string
  /** Everything that distinguishes the write from other writes. */
  content: unknown
}

function keyedRequest({ viewer, credentials, key, content }: KeyedWrite): KeyedRequest {
  if (!wellFormed.test(key)) throw new KeyRefusal('malformed')
  if (!viewer.user) throw new KeyRefusal('nobody')
  assertMayWrite(viewer)
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return { userId: viewer.user.id, token: tokenOf(credentials), key, digest, standing: standingOf(viewer) }
}

/** `counts`: the attempt has written something or was refused by a rule. Any other attempt may be repeated. */
export type Attempt = { text: string; counts: boolean }

/** Keeps the answer or frees the key. A failure does not reach the client, because the write has been made. */
async function settle(claim: Claim, { text, counts }: Attempt, log: Log): Promise<void> {
  const settled = counts ? keepAnswer(claim, text) : freeKey(claim)
  await settled.catch((error) => {
    log.error({ err: error }, 'an idempotency key is left behind')
    freeKeyLater(claim)
  })
}

const placeOf = ({ userId, token, key }: KeyedRequest) => JSON.stringify([userId, token, key])

/** Frees the key once the database is back, so that a repeated request need not wait for a minute. */
const freeKeyLater = (request: KeyedRequest): void =>
  abandonKey(placeOf(request), (failedAt) => freeKeyAfterOutage(request, failedAt))

async function makeOnce(claim: Claim, log: Log, attempt: (steps: KeyedSteps) => Promise<Attempt>) {
  try {
    const made = await attempt(stepsOf(claim))
    await settle(claim, made, log)
    return { text: made.text, replayed: claim.done?.steps !== undefined }
  } catch (error) {
    await freeKey(claim).catch(() => freeKeyLater(claim))
    throw error
  }
}

/** The answer of the first attempt that counts, for 24 hours. */
export async function answerOnce(
  write: KeyedWrite,
  log: Log,
  attempt: (steps: KeyedSteps) => Promise<Attempt>,
): Promise<{ text: string; replayed: boolean }> {
  const request = keyedRequest(write)
  const claimed = await claimKey(request, takeAbandonedKey(placeOf(request))).catch((error) => {
    freeKeyLater(request)
    throw error
  })
  if (claimed.outcome === 'answered') return { text: claimed.response, replayed: true }
  if (claimed.outcome !== 'claimed') throw new KeyRefusal(claimed.outcome)
  return makeOnce(claimed.claim, log, attempt)
}
