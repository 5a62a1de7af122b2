// What a form gives, as use cases take it.
import { invalid, RuleViolation } from '../../../foundation/errors.ts'
import { maxCharacters } from '../../../foundation/text-limits.ts'
import { day, UNSTORABLE } from '../../rest/kit/fields.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { USUAL_FORM_BYTES } from './own-form.ts'

/** For a form with a description. */
export const DESCRIPTION_BYTES = 3 * maxCharacters.description + USUAL_FORM_BYTES

/** '' without the field. Browsers send other line breaks than the ones that are stored. */
export function givenText(given: Fields, name: string): string {
  const text = given[name]
  if (typeof text !== 'string') return ''
  if (UNSTORABLE.test(text)) throw invalid('The form contains characters that cannot be stored')
  return text.replaceAll('\r\n', '\n')
}

/** Null for an empty field. `label` begins the message about any other text. */
export function givenDay(given: Fields, name: string, label: string): Date | null {
  const text = givenText(given, name)
  if (text === '') return null
  const parsed = day.safeParse(text)
  if (parsed.success) return parsed.data
  throw new RuleViolation('INVALID', `${label} is not a date`, { [name]: ['is not a date'] })
}
