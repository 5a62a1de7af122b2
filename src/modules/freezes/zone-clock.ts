import { occurrenceAfter, occurrenceUntil, type Schedule, type WallTime } from './cron.ts'
import type { TimeZone } from './time-zones.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Milliseconds since 1970 in UTC. */
type Instant = number

/** The offsets a day before and a day after a time. They differ when the clocks change in between. */
const offsetsAround = (time: number, zone: TimeZone) => [zone.offsetAt(time - DAY), zone.offsetAt(time + DAY)] as const

/** The minute in which the clocks change to an offset. They do so in the given range. */
function findChange(to: number, zone: TimeZone, range: { from: Instant; until: Instant }): Instant {
  let { from, until } = range
  while (until - from > MINUTE) {
    const middle = from + Math.floor((until - from) / MINUTE / 2) * MINUTE
    if (zone.offsetAt(middle) === to) until = middle
    else from = middle
  }
  return until
}

/**
 * The first instant at which the zone's clocks show this time or a later time. A time that occurs twice counts the first time. A
 * time that is skipped counts when the clocks skip it. So the instants are in the order of the times, as in cron(8).
 */
function toInstant(time: WallTime, zone: TimeZone): Instant {
  const [before, after] = offsetsAround(time, zone)
  const earlier = time - before
  const later = time - after
  if (before === after || zone.offsetAt(earlier) === before) return earlier
  if (zone.offsetAt(later) === after) return later
  return findChange(after, zone, { from: later, until: earlier })
}

export function instantAfter(schedule: Schedule, zone: TimeZone, instant: Instant): Instant | null {
  let time = occurrenceAfter(schedule, instant + Math.min(...offsetsAround(instant, zone)))
  while (time !== null) {
    const found = toInstant(time, zone)
    if (found > instant) return found
    time = occurrenceAfter(schedule, time)
  }
  return null
}

export function instantUntil(schedule: Schedule, zone: TimeZone, instant: Instant): Instant | null {
  let time = occurrenceUntil(schedule, instant + Math.max(...offsetsAround(instant, zone)))
  while (time !== null) {
    const found = toInstant(time, zone)
    if (found <= instant) return found
    time = occurrenceUntil(schedule, time - 1)
  }
  return null
}
