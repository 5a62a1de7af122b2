// One attempt at a delivery: it is sent, and how it went is recorded.
import { db } from '../../database/db.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { Prisma, type Webhook, type WebhookDelivery } from '../../generated/prisma/client.ts'
import { type PostAnswer, post } from '../../outgoing/post.ts'
import type { Reachable } from '../../outgoing/reachable.ts'
import { requestOf, type Told, UnusableWebhook } from './delivery-request.ts'
import { STRUCK_OUT, secretsOf, strikeOut } from './webhook-secrets.ts'
import { askedUrl, isOwn } from './webhook-url.ts'

export type SendParts = { baseUrl: string; mayReach: Reachable; signal: AbortSignal }

export type Due = { delivery: Pick<WebhookDelivery, 'id' | 'attempts'>; webhook: Webhook; told: Told }

const PATIENCE_MS = 10_000
const MAX_HEADERS = 50
const MAX_HEADER_CHARACTERS = 1024
const MAX_BODY_CHARACTERS = 8 * 1024

/** What comes after each failed attempt, as Standard Webhooks suggests. */
const SECOND = 1
const [MINUTE, HOUR] = [60 * SECOND, 3600 * SECOND]
const PAUSES = [5, 5 * MINUTE, 30 * MINUTE, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR)]
/** A pause is longer by up to this part, so that receivers are not asked by everybody at once. */
const JITTER = 0.2

type Shown = Omit<PostAnswer, 'isCut'>

export type Outcome = {
  shownHeaders: Record<string, string>
  /** Null: the body of the event. */
  sentBody: string | null
  answer: Shown | null
  /** Why there is no answer. */
  error: string | null
  durationMs: number
}

export const isSuccess = ({ answer }: Pick<Outcome, 'answer'>): boolean =>
  answer !== null && answer.status >= 200 && answer.status < 300

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'The receiver did not answer within 10 s'
  return error instanceof Error ? error.message : String(error)
}

/**
 * What is kept of the answer. Secrets are struck out before a text is cut, because the beginning of a secret is not recognised. Where
 * so little is left of the body that its end is shown, the end may be such a beginning, so nothing is shown.
 */
function shownAnswer({ status, headers, body, isCut }: PostAnswer, clean: (text: string) => string): Shown {
  const cut = (text: string) => clean(text).slice(0, MAX_HEADER_CHARACTERS)
  const struck = clean(body)
  return {
    status,
    headers: headers.slice(0, MAX_HEADERS).map(([name, value]): [string, string] => [cut(name), cut(value)]),
    body: isCut && struck.length <= MAX_BODY_CHARACTERS ? STRUCK_OUT : struck.slice(0, MAX_BODY_CHARACTERS),
  }
}

/** Sends the delivery and strikes the secrets out of what is kept of it. */
export async function send({ webhook, told }: Due, { baseUrl, mayReach, signal }: SendParts): Promise<Outcome> {
  const clean = strikeOut(secretsOf(webhook))
  const started = performance.now()
  const outcome: Outcome = { shownHeaders: {}, sentBody: null, answer: null, error: null, durationMs: 0 }
  const patience = AbortSignal.timeout(PATIENCE_MS)
  try {
    const { headers, shownHeaders, body } = requestOf(webhook, told, baseUrl)
    Object.assign(outcome, { shownHeaders, sentBody: webhook.template ? body : null })
    const url = askedUrl(webhook.url, secretsOf(webhook).variables)
    const answer = await post({
      ...{ url, headers, body, verifies: webhook.enableSslVerification },
      mayReach: isOwn(url, { baseUrl }) ? () => true : mayReach,
      signal: AbortSignal.any([signal, patience]),
    })
    outcome.answer = shownAnswer(answer, clean)
  } catch (error) {
    if (signal.aborted) throw error
    outcome.error = clean(patience.aborted ? reasonOf(patience.reason) : reasonOf(error))
    if (error instanceof UnusableWebhook) outcome.error = error.message
  }
  outcome.durationMs = Math.round(performance.now() - started)
  return outcome
}

/** The pause that the receiver asks for, in seconds: at most as long as the longest of ours. */
function askedPause({ answer }: Outcome): number {
  const [, text = ''] = answer?.headers.find(([name]) => name.toLowerCase() === 'retry-after') ?? []
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 24 * HOUR) : 0
}

/** Seconds until the next attempt; null when this was the last one. `attempts` counts the earlier ones. */
function pauseAfter(attempts: number, outcome: Outcome): number | null {
  const pause = PAUSES[attempts]
  if (isSuccess(outcome) || pause === undefined) return null
  return Math.max(pause * (1 + Math.random() * JITTER), askedPause(outcome))
}

/** A webhook that rests is told after its rest, and one that is disabled is told nothing more. */
const recordDelivery = (id: number, url: string, outcome: Outcome, pause: number | null) => Prisma.sql`
  UPDATE /* webhooks.recordDelivery */ webhook_deliveries d SET attempts = attempts + 1, claimed_until = NULL, attempted_at = now(), url = ${url},
    next_attempt_at = CASE WHEN ${pause}::float8 IS NULL OR w.disabled_at IS NOT NULL THEN NULL
      ELSE greatest(now() + make_interval(secs => ${pause}::float8), w.disabled_until) END,
    request_headers = ${jsonParameter(outcome.shownHeaders)}::jsonb, request_body = ${outcome.sentBody},
    response_status = ${outcome.answer?.status ?? null}::int,
    response_headers = ${jsonParameter(Object.fromEntries(outcome.answer?.headers ?? []))}::jsonb,
    response_body = ${outcome.answer?.body ?? null}, error = ${outcome.error}, duration_ms = ${outcome.durationMs}::int
  FROM webhooks w WHERE d.id = ${id}::int AND w.id = d.webhook_id`

/** From this failure on a webhook rests: a minute, and twice as long after each further one. */
const FIRST_REST = 4
const DISABLES = 40
const GONE = 410

/** An event counts one failure, however often it was tried. */
const recordFailure = (id: number, isFirst: boolean, isGone: boolean) => Prisma.sql`
  UPDATE webhooks SET proven = false, failures = failures + ${isFirst ? 1 : 0}::int,
    disabled_at = CASE WHEN ${isGone} OR failures + ${isFirst ? 1 : 0}::int >= ${DISABLES} THEN coalesce(disabled_at, now()) ELSE disabled_at END,
    disabled_until = CASE WHEN ${isFirst} AND failures + 1 >= ${FIRST_REST}
      THEN now() + least(make_interval(mins => (2 ^ least(failures + 1 - ${FIRST_REST}, 11))::int), interval '24 hours') ELSE disabled_until END
  WHERE id = ${id}::int RETURNING id, disabled_at, disabled_until`

const recordSuccess = (id: number) => Prisma.sql`
  UPDATE webhooks SET proven = true, failures = 0, disabled_until = NULL, disabled_at = NULL
  WHERE id = ${id}::int AND (NOT proven OR failures > 0 OR disabled_at IS NOT NULL)
  RETURNING id, disabled_at, disabled_until`

/**
 * What waits for a webhook follows it: it ends with a webhook that is disabled, comes after its rest, and comes at once when it is
 * back.
 */
const followWebhook = Prisma.sql`
  UPDATE webhook_deliveries d SET
    next_attempt_at = CASE WHEN w.disabled_at IS NOT NULL THEN NULL
      WHEN w.disabled_until IS NULL THEN now() ELSE greatest(d.next_attempt_at, w.disabled_until) END,
    error = CASE WHEN w.disabled_at IS NOT NULL THEN 'Hook disabled' ELSE d.error END
  FROM changed w WHERE d.webhook_id = w.id AND d.next_attempt_at IS NOT NULL AND (w.disabled_at IS NOT NULL
    OR w.disabled_until > d.next_attempt_at OR (w.disabled_until IS NULL AND d.attempts = 0 AND d.next_attempt_at > now()))`

/**
 * Records how the attempt went, in one transaction. The webhook is locked before its deliveries, as when it is deleted, so that
 * nothing deadlocks.
 */
export async function record({ delivery, webhook }: Due, outcome: Outcome): Promise<void> {
  const isFirst = delivery.attempts === 0
  const isGone = outcome.answer?.status === GONE
  const pause = pauseAfter(delivery.attempts, outcome)
  const change = isSuccess(outcome) ? recordSuccess(webhook.id) : recordFailure(webhook.id, isFirst, isGone)
  await db.$transaction([
    db.$executeRaw`WITH /* webhooks.recordAttempt */ changed AS (${change}) ${followWebhook}`,
    db.$executeRaw(recordDelivery(delivery.id, webhook.url, outcome, pause)),
  ])
}
