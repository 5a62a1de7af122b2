import { friendlyZones } from './friendly-zones.ts'

export type TimeZone = {
  /** The zone's name in the time zone database. */
  id: string
  /** How far the zone's clocks are ahead of UTC at an instant, both in milliseconds. */
  offsetAt: (instant: number) => number
}

const MINUTE = 60_000

/** Begins with a letter. Newer versions of Node also accept offsets such as `+02:00`, but GitLab does not. */
const NAME = /^[A-Za-z]/
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d))?/

/** Formatters are kept, because making one takes long. There is at most one for each name that Node knows. */
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

/** Finds a zone by its name in the time zone database or in GitLab's forms. Null when the name is unknown. */
export function findTimeZone(name: string): TimeZone | null {
  const id = (Object.hasOwn(friendlyZones, name) && friendlyZones[name]) || name
  const formatter = NAME.test(id) ? formatterOf(id) : null
  return formatter && { id, offsetAt: (instant) => offsetIn(formatter.format(instant)) }
}

export const isValidTimezone = (name: string) => findTimeZone(name) !== null
