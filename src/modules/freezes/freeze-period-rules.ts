// What makes a freeze period valid (contract/rules.md 9). Pure.
import { isValidCron } from './cron.ts'
import type { FreezeSchedule } from './freeze-window.ts'
import { isValidTimezone } from './time-zones.ts'

const MAX_CHARACTERS = 255

const rules = {
  freezeStart: { label: 'Freeze start', isValid: isValidCron },
  freezeEnd: { label: 'Freeze end', isValid: isValidCron },
  cronTimezone: { label: 'Cron timezone', isValid: isValidTimezone },
} as const

function problemOf(value: string, { label, isValid }: (typeof rules)[keyof typeof rules]): string | null {
  if (value.trim() === '') return `${label} can't be blank`
  if (value.length > MAX_CHARACTERS) return `${label} is too long (maximum is ${MAX_CHARACTERS} characters)`
  return isValid(value) ? null : `${label} is invalid syntax`
}

/** One sentence for each of the values that breaks a rule; what is absent breaks none. */
export function freezePeriodProblems(values: Partial<FreezeSchedule>): string[] {
  const names = ['freezeStart', 'freezeEnd', 'cronTimezone'] as const
  return names.flatMap((name) => {
    const value = values[name]
    return value === undefined ? [] : (problemOf(value, rules[name]) ?? [])
  })
}
