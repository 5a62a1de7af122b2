// What is sent to a receiver: the headers, and the body that a template makes.
import { createHash, randomUUID } from 'node:crypto'
import { Webhook as Signer } from 'standardwebhooks'
import type { Webhook } from '../../generated/prisma/client.ts'
import { metadata } from '../metadata/metadata.ts'
import { eventTitles, type Trigger } from './webhook-events.ts'
import { type Secrets, secretsOf, signingTokensOf, struckOut } from './webhook-secrets.ts'

export type Told = {
  /** The delivery's key. */
  key: string
  trigger: Trigger
  cause: string
  /** The body of the event. */
  body: string
}

/** The receiver cannot be asked, because the webhook is wrong. */
export class UnusableWebhook extends Error {
  override readonly name = 'UnusableWebhook'
}

const isUuid = (text: string) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** A client may have named its request itself. */
function uuidOf(cause: string): string {
  if (isUuid(cause)) return cause
  const digest = createHash('sha256').update(cause).digest('hex')
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

/** The value at a path such as `project.name`. There is no access to lists. */
function valueAt(body: unknown, path: string): unknown {
  let value = body
  for (const name of path.split('.')) {
    if (Array.isArray(value)) throw new UnusableWebhook('The template asks for a value in a list')
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? value[name as never] : null
  }
  return value
}

/** As long as the longest request. A template may name a long text many times. */
const MAX_RENDERED = 10_000_000

/** Puts values of the body into the template. A text comes without its quotes. Throws when the result is no JSON. */
export function renderTemplate(template: string, text: string): string {
  const body: unknown = JSON.parse(text)
  let characters = template.length
  const rendered = template.replace(/\{\{(.+?)\}\}/g, (_whole, path: string) => {
    const value = valueAt(body, path.trim())
    const json = JSON.stringify(value ?? null)
    characters += json.length
    if (characters > MAX_RENDERED) throw new UnusableWebhook('The template makes more than 10,000,000 characters')
    return typeof value === 'string' ? json.slice(1, -1) : json
  })
  try {
    return JSON.stringify(JSON.parse(rendered))
  } catch {
    throw new UnusableWebhook('The template makes no JSON')
  }
}

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Names of headers differ only in their letter case, and later ones win. */
function merged(...all: Readonly<Record<string, string>>[]): Record<string, string> {
  const byName = new Map<string, [string, string]>()
  for (const headers of all) for (const pair of Object.entries(headers)) byName.set(pair[0].toLowerCase(), pair)
  return Object.fromEntries(byName.values())
}

function ownHeaders({ key, trigger, cause }: Told, baseUrl: string): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'User-Agent': `GitLab/${metadata.version}`,
    'X-Gitlab-Event': eventTitles[trigger],
    'X-Gitlab-Webhook-UUID': randomUUID(),
    'X-Gitlab-Instance': baseUrl,
    'X-Gitlab-Event-UUID': uuidOf(cause),
    'Idempotency-Key': key,
    'webhook-id': key,
  }
}

function secretHeaders({ token, userInfo }: Secrets): Record<string, string> {
  const basic = userInfo === null ? null : decoded(userInfo)
  return {
    ...(token === null ? {} : { 'X-Gitlab-Token': token }),
    ...(basic === null ? {} : { Authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
  }
}

/** Signs the body byte by byte as it is sent, with the time of this attempt. */
function signature(secrets: Secrets, { key }: Told, body: string, now: Date): Record<string, string> {
  const signatures = signingTokensOf(secrets, now).map((token) => new Signer(token).sign(key, now, body))
  const signed = signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }
  return { 'webhook-timestamp': String(Math.floor(now.getTime() / 1000)), ...signed }
}

export type DeliveryRequest = {
  headers: Record<string, string>
  /** The headers without secrets. */
  shownHeaders: Record<string, string>
  body: string
}

/** The headers of the delivery win over those that people have added. */
export function requestOf(webhook: Webhook, told: Told, baseUrl: string, now = new Date()): DeliveryRequest {
  const secrets = secretsOf(webhook)
  const body = webhook.template ? renderTemplate(webhook.template, told.body) : told.body
  const [own, secret] = [ownHeaders(told, baseUrl), secretHeaders(secrets)]
  const signed = signature(secrets, told, body, now)
  return {
    headers: merged(secrets.headers, own, secret, signed),
    shownHeaders: merged(struckOut(secrets.headers), own, struckOut(secret), signed),
    body,
  }
}
