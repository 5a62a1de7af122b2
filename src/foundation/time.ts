import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { GraphQLDate, GraphQLDateTimeISO } from 'graphql-scalars'

const DATE = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2})?([.,]\d+)?\s*([Zz]|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/

function normalizeZone(zone: string | undefined): string {
  if (!zone || /^z$/i.test(zone)) return 'Z'
  const digits = zone.replace(':', '')
  return `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`
}

/** ISO 8601 writes these years with four digits, and the database can store them. */
const isInRange = (time: Date) => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999

function assertInRange(time: Date): Date {
  if (!isInRange(time)) throw new Error('out of range')
  return time
}

/** Git stores any number as a time. Like git, we show the epoch instead of a time that clients could not read. */
export const readableTime = (time: Date): Date => (isInRange(time) ? time : new Date(0))

/** Reads ISO 8601 leniently: a missing zone means UTC, and a missing time means midnight UTC. */
export const parseTime = (text: string): Date => assertInRange(parse(text))

function parse(text: string): Date {
  const trimmed = text.trim()
  if (DATE.test(trimmed)) return GraphQLDate.parseValue(trimmed)
  const match = TIME.exec(trimmed)
  if (!match) throw new Error('no ISO 8601')
  const [, date, minutes, seconds = ':00', fraction = '', zone] = match
  return GraphQLDateTimeISO.parseValue(
    `${date}T${minutes}${seconds}${fraction.replace(',', '.')}${normalizeZone(zone)}`,
  )
}

function coerce(value: unknown): Date {
  if (typeof value === 'string') {
    try {
      return parseTime(value)
    } catch {
      // The error below names the formats of this scalar. The library's error names the formats of the library.
    }
  }
  throw new GraphQLError(
    `Time cannot represent ${JSON.stringify(value)?.slice(0, 100)}: an ISO 8601 time such as "2026-01-31T12:00:00Z" or "2026-01-31", in the years 1 to 9999, is expected`,
  )
}

const two = (value: number) => (value < 10 ? `0${value}` : `${value}`)

/** For the years 1 to 9999. Cutting the text of `toISOString` takes three times as long, and a page has hundreds of times. */
function inWholeSeconds(time: Date): string {
  const date = `${String(time.getUTCFullYear()).padStart(4, '0')}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`
  return `${date}T${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}Z`
}

/** Whole seconds in UTC. Resolvers return a calendar date as text, and it stays a date. */
function serialize(value: unknown): string {
  if (value instanceof Date) return inWholeSeconds(readableTime(value))
  if (typeof value === 'string' && DATE.test(value)) return value
  throw new GraphQLError('Time cannot represent a value that is neither a time nor a date')
}

export const TimeScalar = new GraphQLScalarType({
  name: 'Time',
  description:
    'A time in ISO 8601, in UTC and whole seconds: `2026-01-31T12:00:00Z`; calendar dates are shown as `2026-01-31`. ' +
    'An input may have an offset, which is converted. A missing zone means UTC, a missing time means midnight.',
  serialize,
  parseValue: coerce,
  parseLiteral: (node) => coerce(node.kind === Kind.STRING ? node.value : undefined),
})

/** The calendar date in a column of type DATE, which Prisma reads as midnight UTC. */
export const calendarDate = (date: Date | null): string | null => date?.toISOString().slice(0, 10) ?? null
