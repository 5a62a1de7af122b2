import { RuleViolation } from '../../foundation/errors.ts'
import { parseUrl } from '../../foundation/parse-url.ts'
import { lengthProblem, maxCharacters } from '../../foundation/text-limits.ts'
import { addressesOf, type Reachable } from '../../outgoing/reachable.ts'

const VARIABLE = /\{([a-z][a-z0-9]*(?:[._-][a-z0-9]+)*)\}/gi

/** A URL as a person types it: user and password apart, because they are secrets. Without a scheme that may be asked it is no URL. */
export function splitUrl(text: string): { url: string; userInfo: string | null } {
  const [, scheme = '', userInfo, rest = ''] = /^(https?:\/\/)(?:([^/?#]*)@)?(.*)$/is.exec(text.trim()) ?? []
  return { url: `${scheme}${rest}`, userInfo: userInfo ?? null }
}

/** The host as a person typed it, with the names of variables, because their values are secrets. */
export const typedHost = ({ url }: { url: string }): string =>
  url.replace(/^https?:\/\//i, '').split(/[/?#\\]/, 1)[0] ?? ''

/** Puts the values in place of `{name}`. A name without a value stays as it is. */
const withVariables = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(VARIABLE, (whole, name: string) => (Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole))

const invalidUrl = () => new RuleViolation('UNPROCESSABLE', 'Invalid url given')

const isHost = (host: string) => /^[a-z0-9[]/i.test(host) && host.length <= 1024

/** The URL that is asked, without user and password. Throws when it is no URL that may be asked. */
export function askedUrl(text: string, variables: Readonly<Record<string, string>>): URL {
  const whole = withVariables(text, variables)
  const isWhole = !/[\r\n\t{}]/.test(whole) && !lengthProblem(maxCharacters.url, whole)
  const url = isWhole ? parseUrl(whole) : null
  if (!url || !isHost(url.hostname) || url.username || url.password) throw invalidUrl()
  return url
}

type Rules = { mayReach: Reachable; baseUrl: string }

/** The server's own URL may always be asked. */
export const isOwn = (url: URL, { baseUrl }: Pick<Rules, 'baseUrl'>): boolean => url.origin === new URL(baseUrl).origin

/** Throws when the host has no address, or one that the server does not ask. */
export async function assertReachable(url: URL, rules: Rules): Promise<void> {
  if (isOwn(url, rules)) return
  await addressesOf(url, rules.mayReach).catch(() => {
    throw invalidUrl()
  })
}
