/** Who wrote something and when. The offset is the writer's own, as `+02:00`. */
export type Identity = { name: string; email: string; date: Date; offset: string }

/** `Ada Example <ada@example.com> 1700000000 +0100`, and what old or broken tools made of it. */
const IDENTITY = /^([^<]*)<([^>]*)>(?:.*>)?\s*(\S*)\s*(\S*)/

const OFFSET = /^([+-])([01]\d|2[0-3])([0-5]\d)$/

/** As git does: what is no time is the epoch in UTC. */
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
