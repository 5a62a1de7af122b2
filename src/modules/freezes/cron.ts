import { CronExpressionParser, type CronFieldCollection } from 'cron-parser'

/** When a cron expression occurs, on the clock on the wall: which time zone that clock shows is not known here. */
export type Schedule = {
  fields: CronFieldCollection
  /** Milliseconds after midnight, ascending. */
  timesOfDay: readonly number[]
}

/** A local date and time, as the milliseconds that Date.UTC gives for them. */
export type WallTime = number

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** The rarest day that can be asked for, a fifth Monday in February, is at most 40 years away. */
const HORIZON_DAYS = 40 * 366

/** What the parser reads but GitLab's does not: `?`, `H` (a random value at every reading), `5L`. */
const FOREIGN = /\?|(?<!t)h|\dl/i

function parseFields(expression: string): CronFieldCollection | null {
  // The parser would take six fields as seconds in front, and fill up fewer than five.
  if (expression.trim().split(/\s+/).length !== 5 || FOREIGN.test(expression)) return null
  try {
    return CronExpressionParser.parse(expression, { tz: 'UTC' }).fields
  } catch {
    return null
  }
}

/** Null when the expression is no cron of five fields, or one that never occurs (`0 0 31 2 *`). */
export function parseCron(expression: string): Schedule | null {
  const fields = parseFields(expression)
  if (!fields) return null
  const timesOfDay = fields.hour.values.flatMap((hour) =>
    fields.minute.values.map((minute) => (hour * 60 + minute) * MINUTE),
  )
  return { fields, timesOfDay }
}

export const isValidCron = (expression: string) => parseCron(expression) !== null

const isLastOfMonth = (day: WallTime) => new Date(day + DAY).getUTCDate() === 1

/** As cron has it: when both the day of the month and the weekday are narrowed, either will do. */
function occursOn({ dayOfMonth, dayOfWeek, month }: CronFieldCollection, day: WallTime): boolean {
  const date = new Date(day)
  if (!month.values.some((value) => value === date.getUTCMonth() + 1)) return false
  const ofMonth = date.getUTCDate()
  const byMonth = dayOfMonth.values.some((value) => (value === 'L' ? isLastOfMonth(day) : value === ofMonth))
  const isNth = dayOfWeek.nthDay === 0 || dayOfWeek.nthDay === Math.ceil(ofMonth / 7)
  const byWeek = isNth && dayOfWeek.values.some((value) => value === date.getUTCDay())
  return dayOfMonth.isWildcard || dayOfWeek.isWildcard ? byMonth && byWeek : byMonth || byWeek
}

function findDay({ fields }: Schedule, from: WallTime, step: 1 | -1): WallTime | null {
  for (let days = 0; days < HORIZON_DAYS; days++) {
    const day = from + step * days * DAY
    if (occursOn(fields, day)) return day
  }
  return null
}

const midnightOf = (time: WallTime): WallTime => Math.floor(time / DAY) * DAY

/** The first occurrence later than a time. */
export function occurrenceAfter(schedule: Schedule, time: WallTime): WallTime | null {
  const today = midnightOf(time)
  const later = schedule.timesOfDay.find((timeOfDay) => today + timeOfDay > time)
  if (later !== undefined && occursOn(schedule.fields, today)) return today + later
  const day = findDay(schedule, today + DAY, 1)
  return day === null ? null : day + (schedule.timesOfDay[0] ?? 0)
}

/** The last occurrence not later than a time. */
export function occurrenceUntil(schedule: Schedule, time: WallTime): WallTime | null {
  const today = midnightOf(time)
  const earlier = schedule.timesOfDay.findLast((timeOfDay) => today + timeOfDay <= time)
  if (earlier !== undefined && occursOn(schedule.fields, today)) return today + earlier
  const day = findDay(schedule, today - DAY, -1)
  return day === null ? null : day + (schedule.timesOfDay.at(-1) ?? 0)
}
