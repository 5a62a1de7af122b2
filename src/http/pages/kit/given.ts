// What a form gives. A field may be absent, or something else than a text, because anybody can send any form.
import type { Context as HonoContext } from 'hono'
import { RuleViolation } from '../../../foundation/errors.ts'
import { maxCharacters } from '../../../foundation/text-limits.ts'
import { day } from '../../rest/kit/fields.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { USUAL_FORM_BYTES } from './own-form.ts'

/** For a form with a description. */
export const DESCRIPTION_BYTES = 3 * maxCharacters.description + USUAL_FORM_BYTES

/** Empty when the form lacks the field. */
export const textIn = (given: Fields, name: string): string => {
  const value = given[name]
  return typeof value === 'string' ? value : ''
}

export const isGiven = (given: Fields, name: string): boolean => given[name] !== undefined

/** A text that is wrong in a field. `label` is the field's, so that the list above the form can be read by itself. */
export const wrong = (name: string, label: string, problem: string): RuleViolation =>
  new RuleViolation('INVALID', `${label} ${problem}`, { [name]: [problem] })

/** One of the values that the page offers. */
export function choiceIn<Value extends string>(
  given: Fields,
  { name, label, values }: { name: string; label: string; values: readonly Value[] },
): Value {
  const found = values.find((value) => value === textIn(given, name))
  if (found === undefined) throw wrong(name, label, 'is none of the choices')
  return found
}

/** Null for an empty field. */
export function dayIn(given: Fields, { name, label }: { name: string; label: string }): Date | null {
  const text = textIn(given, name)
  if (text === '') return null
  const parsed = day.safeParse(text)
  if (!parsed.success) throw wrong(name, label, 'is not a date')
  return parsed.data
}

/** The number in the path of the page, whose route lets nothing else in. */
export const pathNumber = (c: HonoContext, name = 'number'): number => Number(c.req.param(name))
