import { InvalidArgumentError, Option } from 'commander'
import { calendarDate, parseTime } from '../foundation/time.ts'
import { Visibility } from '../generated/prisma/enums.ts'

/** Of every command that prints what it did. */
export const jsonOption = () => new Option('--json', 'print the result as JSON')

export const visibilityOption = (description: string) =>
  new Option('--visibility <who>', description).choices(Object.values(Visibility))

export function parseDate(text: string): Date {
  try {
    return parseTime(text)
  } catch {
    throw new InvalidArgumentError('An ISO 8601 date such as 2026-01-31 is expected.')
  }
}

export function parseNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('A number is expected.')
  return Number(text)
}

/** `--no-due` makes it false: the value is to be taken away. */
export const orNull = <Value>(value: Value | false | undefined): Value | null | undefined =>
  value === false ? null : value

/** Of a time that is given for a date: the day alone. Undefined stays as it is, and null takes the date away. */
export const dateOf = (time: Date | null | undefined): string | null | undefined => time && calendarDate(time)
