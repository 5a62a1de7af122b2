import { type CronFields, readCronFields, type Weekday } from './cron-fields.ts'

/** When a cron expression occurs on a clock on the wall. The time zone of that clock is not known here. */
export type Schedule = {
  fields: CronFields
  /** Milliseconds after midnight, ascending. */
  timesOfDay: readonly number[]
}

/** A local date and time, in the milliseconds that `Date.UTC` gives for it. */
export type WallTime = number

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** The rarest day that an expression can name, a fifth Monday in February, is at most 40 years away. */
const HORIZON_DAYS = 40 * 366

/** Null when the expression is not a cron expression of five fields, and when it never occurs (`0 0 31 2 *`). */
export function parseCron(expression: string): Schedule | null {
  const fields = readCronFields(expression)
  if (!fields) return null
  const timesOfDay = fields.hours.flatMap((hour) => fields.minutes.map((minute) => (hour * 60 + minute) * MINUTE))
  const schedule = { fields, timesOfDay }
  return findDay(schedule, 0, 1) === null ? null : schedule
}

export const isValidCron = (expression: string) => parseCron(expression) !== null

const DAYS_OF_WEEK = 7

function isOfWeek(weekdays: readonly Weekday[], date: Date, lastOfMonth: number): boolean {
  const fromStart = Math.ceil(date.getUTCDate() / DAYS_OF_WEEK)
  const fromEnd = -Math.ceil((lastOfMonth - date.getUTCDate() + 1) / DAYS_OF_WEEK)
  return weekdays.some(
    ({ day, nth }) => day === date.getUTCDay() && (nth === null || nth === fromStart || nth === fromEnd),
  )
}

const isOfMonth = ({ months }: CronFields, date: Date) => months.includes(date.getUTCMonth() + 1)

/** Follows cron: if the expression limits both the day of the month and the weekday, a day must fit one of them. */
function occursOn(fields: CronFields, day: WallTime): boolean {
  const { monthDays, weekdays, bothDays } = fields
  const date = new Date(day)
  if (!isOfMonth(fields, date)) return false
  const lastOfMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  const byMonth = () =>
    monthDays?.some((value) => (value < 0 ? lastOfMonth + 1 + value : value) === date.getUTCDate()) ?? true
  const byWeek = () => weekdays === null || isOfWeek(weekdays, date, lastOfMonth)
  const isEither = monthDays !== null && weekdays !== null && !bothDays
  return isEither ? byMonth() || byWeek() : byMonth() && byWeek()
}

/** The next day, or the day before. It skips the rest of a month that the expression does not name. */
function nextDay(fields: CronFields, day: WallTime, step: 1 | -1): WallTime {
  const date = new Date(day)
  if (isOfMonth(fields, date)) return day + step * DAY
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + (step > 0 ? 1 : 0), step > 0 ? 1 : 0)
}

function findDay({ fields }: Schedule, from: WallTime, step: 1 | -1): WallTime | null {
  for (let day = from; Math.abs(day - from) < HORIZON_DAYS * DAY; day = nextDay(fields, day, step)) {
    if (occursOn(fields, day)) return day
  }
  return null
}

const midnightOf = (time: WallTime): WallTime => Math.floor(time / DAY) * DAY

export function occurrenceAfter(schedule: Schedule, time: WallTime): WallTime | null {
  const today = midnightOf(time)
  const later = schedule.timesOfDay.find((timeOfDay) => today + timeOfDay > time)
  if (later !== undefined && occursOn(schedule.fields, today)) return today + later
  const day = findDay(schedule, today + DAY, 1)
  return day === null ? null : day + (schedule.timesOfDay[0] ?? 0)
}

export function occurrenceUntil(schedule: Schedule, time: WallTime): WallTime | null {
  const today = midnightOf(time)
  const earlier = schedule.timesOfDay.findLast((timeOfDay) => today + timeOfDay <= time)
  if (earlier !== undefined && occursOn(schedule.fields, today)) return today + earlier
  const day = findDay(schedule, today - DAY, -1)
  return day === null ? null : day + (schedule.timesOfDay.at(-1) ?? 0)
}
