// The five fields of a cron expression, as GitLab's parser (fugit) reads them. Ranges may wrap, the hour 24 is the hour 0, and
// days may be counted from the end of the month. Seconds and counted weeks (`mon%2`) are not supported.

/** A weekday: of every week, or the `nth` of the month. 2 is the second, -1 the last. */
export type Weekday = { day: number; nth: number | null }

export type CronFields = {
  minutes: readonly number[]
  hours: readonly number[]
  months: readonly number[]
  /** Numbers below 0 count from the end of the month; null: every day. */
  monthDays: readonly number[] | null
  weekdays: readonly Weekday[] | null
  /** Whether a day must fit both `monthDays` and `weekdays`. Otherwise it must fit one of them. */
  bothDays: boolean
}

/** The parts of an element such as `22-2/2`. A bound that is null is the bound of the field. */
type Element = { start: number | null; end: number | null; step: number | null }

type Field = { min: number; max: number; value: RegExp; names?: readonly string[] }

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

const MINUTE: Field = { min: 0, max: 59, value: /[0-5]?\d/ }
const HOUR: Field = { min: 0, max: 23, value: /2[0-4]|[01]?\d/ }
const MONTH_DAY: Field = { min: 1, max: 31, value: /-?(?:3[01]|[12]\d|0?[1-9])|last|l/ }
const MONTH: Field = { min: 1, max: 12, value: /1[0-2]|0?[1-9]|[a-z]{3}/, names: ['', ...MONTHS] }
const WEEKDAY: Field = { min: 0, max: 6, value: /[0-7]|[a-z]{3}/, names: WEEKDAYS }

class Unreadable extends Error {}

const unreadable = (): never => {
  throw new Unreadable()
}

function numberOf(text: string, { names = [] }: Field): number {
  if (text.startsWith('l')) return -1
  if (/^-?\d/.test(text)) return Number(text)
  const at = names.indexOf(text)
  return at < 0 ? unreadable() : at
}

function readElement(text: string, field: Field): Element {
  const value = `(${field.value.source})`
  const match = new RegExp(`^(?:\\*|${value}(?:-${value})?)?(?:/(\\d\\d?))?$`).exec(text)
  if (!match || text === '') return unreadable()
  const [, start, end, step] = match
  if (step !== undefined && Number(step) === 0) return unreadable()
  const read = (bound: string | undefined) => (bound === undefined ? null : numberOf(bound, field))
  return { start: read(start), end: read(end), step: step === undefined ? null : Number(step) }
}

/** The values from one bound to the other. After the last value of the field comes the first. */
function expand({ min, max }: Field, { start, end, step }: { start: number; end: number; step: number }): number[] {
  const [first, last] = start < 0 ? [-max, -1] : [min, max]
  // The hour 24 is the first hour of the next day.
  const stop = end > last ? end - last - 1 + first : end
  const values = [start]
  for (let value = start; value !== stop || (end > last && values.length === 1); ) {
    value = value >= last ? first : value + 1
    values.push(value)
    if (values.length > 2 * max + 2) return unreadable()
  }
  return values.filter((_value, at) => at % step === 0)
}

/** The values of an element; null: every value. */
function valuesIn(field: Field, { start, end, step }: Element): number[] | null {
  if (start !== null && end === null && step === null) return [start]
  const from = start ?? field.min
  const to = end === null || (end < 0 && from > 0) ? field.max : end
  if (from < 0 !== to < 0 && end !== null) return unreadable()
  if (from === field.min && to === field.max && (step ?? 1) === 1) return null
  return expand(field, { start: from, end: from < 0 && end === null ? -1 : to, step: step ?? 1 })
}

/** Extra commas are ignored. */
const elementsIn = (text: string): string[] => {
  const elements = text.split(',').filter((element) => element !== '')
  return elements.length === 0 ? unreadable() : elements
}

const unique = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b)

function readField(text: string, field: Field): number[] | null {
  const lists = elementsIn(text).map((element) => valuesIn(field, readElement(element, field)))
  return lists.every((list) => list !== null) ? unique(lists.flat()) : null
}

const readAll = (text: string, field: Field): number[] =>
  readField(text, field) ?? Array.from({ length: field.max - field.min + 1 }, (_, at) => field.min + at)

function readWeekday(text: string): Weekday[] | null {
  const [, day, nth] = /^(.+)#(-?[1-5]|last|l)$/.exec(text) ?? []
  if (day !== undefined && nth !== undefined) {
    const { start, end, step } = readElement(day, WEEKDAY)
    if (start === null || end !== null || step !== null) return unreadable()
    return [{ day: start % 7, nth: nth.startsWith('l') ? -1 : Number(nth) }]
  }
  const { start, end, step } = readElement(text, WEEKDAY)
  if (start === null && step === null) return null
  const from = start ?? 0
  // A single day with a step is that day.
  const to = end ?? start ?? 6
  if (from > to && step !== null) return unreadable()
  const length = (from > to ? to + 7 : to) - from + 1
  const days = Array.from({ length }, (_, at) => from + at).filter((_day, at) => at % (step ?? 1) === 0)
  return unique(days.map((value) => value % 7)).map((value) => ({ day: value, nth: null }))
}

function readWeekdays(text: string): Weekday[] | null {
  const all = elementsIn(text)
    .map(readWeekday)
    .filter((days) => days !== null)
    .flat()
  return all.length === 0 ? null : all
}

/** The number of days of each month, in a leap year. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function monthsWith(months: readonly number[], days: readonly number[] | null): number[] {
  const found = months.filter((month) => days === null || days.some((day) => day <= (LONGEST[month - 1] ?? 0)))
  return found.length === 0 ? unreadable() : found
}

function readFields(expression: string): CronFields {
  const [minute, hour, monthDay, month, weekday, ...more] = expression
    .trim()
    .toLowerCase()
    .split(/[ \t]+/)
  if (!minute || !hour || !monthDay || !month || !weekday || more.length > 0) return unreadable()
  const monthDays = readField(monthDay.replace(/&$/, ''), MONTH_DAY)
  return {
    minutes: readAll(minute, MINUTE),
    hours: unique(readAll(hour, HOUR).map((value) => value % 24)),
    monthDays,
    months: monthsWith(readAll(month, MONTH), monthDays),
    weekdays: readWeekdays(weekday.replace(/&$/, '')),
    bothDays: /&$/.test(monthDay) || /&$/.test(weekday),
  }
}

/** Null when the expression is not a cron expression of five fields. */
export function readCronFields(expression: string): CronFields | null {
  try {
    return readFields(expression)
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}
