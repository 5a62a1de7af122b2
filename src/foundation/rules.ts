// Rules that several kinds of rows share. Each answers full sentences, one per rule that is broken.
import { databaseNow } from './database-clock.ts'
import { RuleViolation } from './errors.ts'
import { lengthProblem, maxCharacters } from './text-limits.ts'

/** As the database has it: next to what JavaScript calls white space, some that only Unicode does. */
export const isBlank = (text: string): boolean => !/[^\s\p{White_Space}]/u.test(text)

export function lengthProblems(attribute: string, max: number, value: string | null | undefined): string[] {
  const problem = value == null ? null : lengthProblem(max, value)
  return problem === null ? [] : [`${attribute} ${problem}`]
}

/** Of a name or title; an absent one breaks no rule. */
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

type Given<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> }

/** Without what is absent, which stays as it is. */
export const given = <Values extends object>(values: Values): Given<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>
