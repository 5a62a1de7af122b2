// What a webhook knows and never shows. It is stored as the server's signing keys are: in the database, whose backups are as
// secret as those keys (docs/decisions/0061-webhooks.md).
import { z } from 'zod'
import type { Prisma, Webhook } from '../../generated/prisma/client.ts'

const Pairs = z.record(z.string(), z.string()).default({})

const Secrets = z.object({
  /** Sent as it is, in the header `X-Gitlab-Token`. */
  token: z.string().nullable().default(null),
  /** `whsec_` and the key in Base64. */
  signingToken: z.string().nullable().default(null),
  /** The signing token before, which signs as well until then. */
  formerSigningToken: z.object({ token: z.string(), until: z.iso.datetime() }).nullable().default(null),
  /** `user:password` of the URL, encoded as in the URL. */
  userInfo: z.string().nullable().default(null),
  headers: Pairs,
  variables: Pairs,
})

export type Secrets = z.output<typeof Secrets>

export const secretsOf = ({ secrets }: Pick<Webhook, 'secrets'>): Secrets => Secrets.parse(secrets)

export const noSecrets: Secrets = Secrets.parse({})

/** A receiver has a day to learn the new signing token. */
const DAY_MS = 24 * 60 * 60_000

/** The signing tokens of a webhook that gets this one. Without a token nothing is signed any more. */
export function withSigningToken(old: Secrets, token: string | null, now = new Date()) {
  const { signingToken, formerSigningToken } = old
  if (token === signingToken) return { signingToken, formerSigningToken }
  const until = new Date(now.getTime() + DAY_MS).toISOString()
  const former = token === null || signingToken === null ? null : { token: signingToken, until }
  return { signingToken: token, formerSigningToken: former }
}

/** The tokens that sign at this time, the newest first. */
export function signingTokensOf({ signingToken, formerSigningToken: former }: Secrets, now: Date): string[] {
  const isValid = former !== null && now < new Date(former.until)
  return [signingToken, isValid ? former.token : null].filter((token) => token !== null)
}

export const storedSecrets = (secrets: Secrets): Prisma.InputJsonObject => secrets

export const STRUCK_OUT = '[REDACTED]'

/** Shorter texts are no secrets, and striking them out would make a text unreadable. */
const SHORTEST = 4

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Makes a function that strikes the secrets out of a text, because receivers often send back what they get. */
export function strikeOut(secrets: Secrets): (text: string) => string {
  const { token, signingToken, formerSigningToken, userInfo, headers, variables } = secrets
  const user = userInfo === null ? [] : [userInfo, ...userInfo.split(':')]
  const basic = userInfo === null ? [] : [Buffer.from(user.slice(1).map(decoded).join(':')).toString('base64')]
  const typed = [
    token,
    signingToken,
    formerSigningToken?.token ?? null,
    ...user,
    ...Object.values(headers),
    ...Object.values(variables),
  ]
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1)
  const texts = typed
    .filter((text) => text !== null)
    .flatMap((text) => [text, decoded(text), encodeURIComponent(text), inJson(text), text.toLowerCase()])
  // The longest first, because a secret may contain another one.
  const all = [...new Set([...texts, ...basic])].filter(({ length }) => length >= SHORTEST)
  all.sort((a, b) => b.length - a.length)
  return (text) => all.reduce((rest, secret) => rest.replaceAll(secret, STRUCK_OUT), text)
}

export const struckOut = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, STRUCK_OUT]))
