/** The author of an object, and the time of writing. The offset is the author's own, such as `+02:00`. */
export type Identity = { name: string; email: string; date: Date; offset: string }

/** `Ada Example <ada@example.com> 1700000000 +0100`, and the variants that old or broken tools write. */
const IDENTITY = /^([^<]*)<([^>]*)>(?:.*>)?\s*(\S*)\s*(\S*)/

const OFFSET = /^([+-])([01]\d|2[0-3])([0-5]\d)$/

/** Reads a malformed time as the epoch in UTC, as git does. */
function parseDate(seconds: string): Date {
  const date = new Date(/^-?\d+$/.test(seconds) ? Number(seconds) * 1000 : 0)
  return Number.isNaN(date.getTime()) ? new Date(0) : date
}

function parseOffset(text: string): string {
  const [, sign, hours, minutes] = OFFSET.exec(text) ?? []
  return sign === undefined ? '+00:00' : `${sign}${hours}:${minutes}`
}

export function parseIdentity(line: string): Identity {
  const [, name = '', email = '', seconds = '', offset = ''] = IDENTITY.exec(line) ?? []
  return { name: name.trim(), email: email.trim(), date: parseDate(seconds), offset: parseOffset(offset) }
}
