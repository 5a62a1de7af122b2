// The rules for freeze periods (docs/contract/freezes.md#writing-freeze-periods). Pure functions.
import { RuleViolation } from '../../foundation/errors.ts'
import { lengthProblem, maxCharacters } from '../../foundation/text-limits.ts'
import { isValidCron } from './cron.ts'
import type { FreezeSchedule } from './freeze-window.ts'
import { isValidTimezone } from './time-zones.ts'

/** How many freeze periods a project may have. Each is looked at when a release is created. */
export const MOST_FREEZE_PERIODS = 100

const rules = {
  freezeStart: { label: 'Freeze start', isValid: isValidCron, max: maxCharacters.cron },
  freezeEnd: { label: 'Freeze end', isValid: isValidCron, max: maxCharacters.cron },
  cronTimezone: { label: 'Cron timezone', isValid: isValidTimezone, max: maxCharacters.timeZone },
} as const

type Rule = (typeof rules)[keyof typeof rules]

function problemOf(value: string, { isValid, max }: Rule): string | null {
  if (value.trim() === '') return "can't be blank"
  return lengthProblem(max, value) ?? (isValid(value) ? null : 'is invalid syntax')
}

/** Throws an error that says what is wrong with each value. A value that is absent breaks no rule. */
export function assertFreezePeriodValid(values: Partial<FreezeSchedule>): void {
  const names = ['freezeStart', 'freezeEnd', 'cronTimezone'] as const
  const problems = names.flatMap((name) => {
    const value = values[name]
    const problem = value === undefined ? null : problemOf(value, rules[name])
    return problem === null ? [] : [{ name, problem }]
  })
  if (problems.length === 0) return
  throw new RuleViolation(
    'INVALID',
    problems.map(({ name, problem }) => `${rules[name].label} ${problem}`),
    Object.fromEntries(problems.map(({ name, problem }) => [name, [problem]])),
  )
}
