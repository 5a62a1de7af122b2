import { occurrenceAfter, occurrenceUntil, type Schedule, type WallTime } from './cron.ts'
import type { TimeZone } from './time-zones.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Milliseconds since 1970 in UTC. */
type Instant = number

/** The offsets a day before and a day after: they differ around a change of the clocks. */
const offsetsAround = (time: number, zone: TimeZone) => [zone.offsetAt(time - DAY), zone.offsetAt(time + DAY)] as const

/** When the clocks change to an offset, which they do in the given range, to the minute. */
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
 * The first instant at which the zone's clocks show that time or a later one: a time that occurs twice counts the first time,
 * one that is skipped counts when the clocks have skipped it. So instants keep the order of the times, as cron(8) has it.
 */
function toInstant(time: WallTime, zone: TimeZone): Instant {
  const [before, after] = offsetsAround(time, zone)
  const earlier = time - before
  const later = time - after
  if (before === after || zone.offsetAt(earlier) === before) return earlier
  if (zone.offsetAt(later) === after) return later
  return findChange(after, zone, { from: later, until: earlier })
}

/** The first occurrence after an instant. */
export function instantAfter(schedule: Schedule, zone: TimeZone, instant: Instant): Instant | null {
  let time = occurrenceAfter(schedule, instant + Math.min(...offsetsAround(instant, zone)))
  while (time !== null) {
    const found = toInstant(time, zone)
    if (found > instant) return found
    time = occurrenceAfter(schedule, time)
  }
  return null
}

/** The last occurrence at an instant or before. */
export function instantUntil(schedule: Schedule, zone: TimeZone, instant: Instant): Instant | null {
  let time = occurrenceUntil(schedule, instant + Math.max(...offsetsAround(instant, zone)))
  while (time !== null) {
    const found = toInstant(time, zone)
    if (found <= instant) return found
    time = occurrenceUntil(schedule, time - 1)
  }
  return null
}
