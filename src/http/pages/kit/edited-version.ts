// A form for something that is stored says which version it shows, so that nobody replaces unseen what somebody else has written meanwhile.
import { html } from 'hono/html'
import { RuleViolation } from '../../../foundation/errors.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import type { Filled } from './form-page.ts'
import type { Markup } from './layout.ts'

const FIELD = 'version'

type Version = string | Date

const textOf = (version: Version) => (typeof version === 'string' ? version : version.toISOString())

/** A form that is shown again holds the version that it was opened with, until its sender was told of a newer one. */
export function versionField({ given, problems }: Filled, stored: Version): Markup {
  const opened = problems.fields[FIELD] ? undefined : given?.[FIELD]
  return html`<input type="hidden" name="${FIELD}" value="${typeof opened === 'string' ? opened : textOf(stored)}">`
}

/** Refuses a form that was opened before the last change. Sent again, it is taken. */
export function assertUnchanged(given: Fields, stored: Version): void {
  if (given[FIELD] === undefined || given[FIELD] === textOf(stored)) return
  throw new RuleViolation(
    'CONFLICT',
    'Somebody changed this meanwhile. Open the page in another tab to see what they wrote, or send the form again to replace it',
    { [FIELD]: ['is not the latest'] },
  )
}
