// Rules that several kinds of rows share. Each answers full sentences, one per rule that is broken.
import { RuleViolation } from './errors.ts'

const MAX_NAME_CHARACTERS = 255
const MAX_DESCRIPTION_CHARACTERS = 1_000_000

/** As the database has it: next to what JavaScript calls white space, some that only Unicode does. */
export const isBlank = (text: string): boolean => !/[^\s\p{White_Space}]/u.test(text)

/** Of a name or title; an absent one breaks no rule. */
export function nameProblems(attribute: string, value: string | undefined): string[] {
  if (value === undefined) return []
  if (isBlank(value)) return [`${attribute} can't be blank`]
  if (value.length <= MAX_NAME_CHARACTERS) return []
  return [`${attribute} is too long (maximum is ${MAX_NAME_CHARACTERS} characters)`]
}

export const descriptionProblems = (description: string | null | undefined): string[] =>
  description != null && description.length > MAX_DESCRIPTION_CHARACTERS
    ? [`Description is too long (maximum is ${MAX_DESCRIPTION_CHARACTERS} characters)`]
    : []

export const expiryProblems = (expiresAt: Date | null | undefined): string[] =>
  expiresAt != null && expiresAt <= new Date() ? ['The expiry date must be in the future'] : []

export function assertNoProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new RuleViolation('INVALID', problems)
}

type Given<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> }

/** Without what is absent, which stays as it is. */
export const given = <Values extends object>(values: Values): Given<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>
