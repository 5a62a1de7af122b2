import { InvalidArgumentError, Option } from 'commander'
import { calendarDate, parseTime } from '../foundation/time.ts'
import { Visibility } from '../generated/prisma/enums.ts'

/** The option of every command that prints its result. */
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

/** Commander makes the value of `--no-due` false. Null removes the value. */
export const orNull = <Value>(value: Value | false | undefined): Value | null | undefined =>
  value === false ? null : value

/** The calendar date of a time. Undefined leaves the date unchanged, and null removes it. */
export const dateOf = (time: Date | null | undefined): string | null | undefined => time && calendarDate(time)
