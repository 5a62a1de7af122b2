import { friendlyZones } from './friendly-zones.ts'

export type TimeZone = {
  /** Its name in the time zone database. */
  id: string
  /** What its clocks are ahead of UTC at an instant, both in milliseconds. */
  offsetAt: (instant: number) => number
}

const MINUTE = 60_000

/** A letter first: newer versions of Node also take offsets such as `+02:00`, which GitLab does not. */
const NAME = /^[A-Za-z]/
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d))?/

/** A formatter takes long to make. There is at most one for each name that Node knows. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(id: string): Intl.DateTimeFormat | null {
  const key = id.toLowerCase()
  const known = formatters.get(key)
  if (known) return known
  try {
    const formatter = new Intl.DateTimeFormat('en', { timeZone: id, timeZoneName: 'longOffset' })
    formatters.set(key, formatter)
    return formatter
  } catch {
    return null
  }
}

function offsetIn(formatted: string): number {
  const [, sign, hours, minutes] = OFFSET.exec(formatted) ?? []
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE
  return sign === '-' ? -size : size
}

/** The zone that a name of the time zone database or a friendly name stands for; null when it is unknown. */
export function findTimeZone(name: string): TimeZone | null {
  const id = (Object.hasOwn(friendlyZones, name) && friendlyZones[name]) || name
  const formatter = NAME.test(id) ? formatterOf(id) : null
  return formatter && { id, offsetAt: (instant) => offsetIn(formatter.format(instant)) }
}

export const isValidTimezone = (name: string) => findTimeZone(name) !== null
