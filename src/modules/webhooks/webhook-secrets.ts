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
  /** `user:password` of the URL, encoded as in the URL. */
  userInfo: z.string().nullable().default(null),
  headers: Pairs,
  variables: Pairs,
})

export type Secrets = z.output<typeof Secrets>

export const secretsOf = ({ secrets }: Pick<Webhook, 'secrets'>): Secrets => Secrets.parse(secrets)

export const noSecrets: Secrets = Secrets.parse({})

export const storedSecrets = (secrets: Secrets): Prisma.InputJsonObject => secrets

const STRUCK_OUT = '[REDACTED]'

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
export function strikeOut({ token, signingToken, userInfo, headers, variables }: Secrets): (text: string) => string {
  const user = userInfo === null ? [] : [userInfo, ...userInfo.split(':')]
  const basic = userInfo === null ? [] : [Buffer.from(user.slice(1).map(decoded).join(':')).toString('base64')]
  const typed = [token, signingToken, ...user, ...Object.values(headers), ...Object.values(variables)]
  const texts = typed.filter((text) => text !== null).flatMap((text) => [text, decoded(text), encodeURIComponent(text)])
  // The longest first, because a secret may contain another one.
  const secrets = [...new Set([...texts, ...basic])].filter(({ length }) => length >= SHORTEST)
  secrets.sort((a, b) => b.length - a.length)
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, STRUCK_OUT), text)
}

export const struckOut = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, STRUCK_OUT]))
