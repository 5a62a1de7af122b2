// Rules that several tables share. Each function returns one full sentence for each broken rule.
import { databaseNow } from './database-clock.ts'
import { RuleViolation } from './errors.ts'
import { lengthProblem, maxCharacters } from './text-limits.ts'

/** Agrees with the database's check: blank means JavaScript's white space and also the rest of Unicode's. */
export const isBlank = (text: string): boolean => !/[^\s\p{White_Space}]/u.test(text)

export function lengthProblems(attribute: string, max: number, value: string | null | undefined): string[] {
  const problem = value == null ? null : lengthProblem(max, value)
  return problem === null ? [] : [`${attribute} ${problem}`]
}

/** The rules for a name or title. An absent name breaks none. */
export function nameProblems(attribute: string, value: string | undefined): string[] {
  if (value === undefined) return []
  if (isBlank(value)) return [`${attribute} can't be blank`]
  return lengthProblems(attribute, maxCharacters.name, value)
}

export const descriptionProblems = (description: string | null | undefined): string[] =>
  lengthProblems('Description', maxCharacters.description, description)

export const expiryProblems = (expiresAt: Date | null | undefined): string[] =>
  expiresAt != null && expiresAt <= databaseNow() ? ['The expiry date must be in the future'] : []

export function assertNoProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new RuleViolation('INVALID', problems)
}

/** The values of an update. What is absent stays as it is. */
export type Changes<Row, Names extends keyof Row> = { [Name in Names]?: Row[Name] | undefined }

type Given<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> }

/** Drops the undefined values, because an update leaves an absent column as it is. */
export const withoutUndefined = <Values extends object>(values: Values): Given<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>
