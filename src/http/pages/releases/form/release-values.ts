// What a form says of a release, as the use cases take it. What the form does not have stays as it is.
import { RuleViolation } from '../../../../foundation/errors.ts'
import { parseTime } from '../../../../foundation/time.ts'
import type { MilestoneChoice } from '../../../../modules/milestones/find-milestones.ts'
import type { GivenValues } from '../../../../modules/publishing/release-values.ts'
import type { MakeLatest } from '../../../../modules/releases/latest-mark.ts'
import type { Fields } from '../../../rest/kit/nested-fields.ts'

/** What is stored of the release or of the draft that the form changes. */
export type Stored = {
  tagName: string
  /** Whether the form cannot change the tag. */
  isKept: boolean
  isPublished: boolean
  ref?: string | null
  tagMessage?: string | null
  name: string | null
  description: string | null
  releasedAt: string | null
  prerelease: boolean | null
  makeLatest: MakeLatest
  milestones: readonly { number: number; title: string }[]
}

export const textIn = (given: Fields, name: string): string | undefined => {
  const value = given[name]
  return typeof value === 'string' ? value : undefined
}

/** Both as an area shows them. */
const isSame = (text: string, stored: string | null | undefined) => text === (stored ?? '').replaceAll('\r\n', '\n')

/** Null for an empty text. Undefined for one that is not changed. */
function changed(text: string | undefined, stored: string | null | undefined): string | null | undefined {
  if (text === undefined || (stored !== undefined && isSame(text, stored))) return undefined
  return text.trim() === '' ? null : text
}

/** A date as its field has it: without zone, which is UTC, and with seconds only where it has some. */
export const fieldTime = (time: string | null): string =>
  time === null ? '' : time.slice(0, time.slice(16, 23) === ':00.000' ? 16 : 19)

function dateIn(text: string | undefined, stored: string | null): Date | null | undefined {
  if (text === undefined || text === fieldTime(stored)) return undefined
  if (text.trim() === '') return null
  try {
    return parseTime(text)
  } catch {
    throw new RuleViolation('INVALID', 'Release date is no date', {
      released_at: ['is no date such as 2026-12-24T18:00'],
    })
  }
}

const marks: Readonly<Record<string, boolean | null>> = { '': null, true: true, false: false }

export const numbersIn = (value: unknown): number[] =>
  (Array.isArray(value) ? value : String(value ?? '').split(','))
    .map(Number)
    .filter((number) => Number.isInteger(number) && number > 0)

/** A milestone that the release has and that the form did not show stays. */
function milestonesIn(given: Fields, stored: Stored | null): MilestoneChoice {
  if (given.milestones_shown === undefined) return {}
  const shown = new Set(numbersIn(given.milestones_shown))
  const kept = (stored?.milestones ?? []).map(({ number }) => number).filter((number) => !shown.has(number))
  return { ids: [...new Set([...numbersIn(given.milestone_ids), ...kept])] }
}

function markIn(given: Fields, stored: Stored | null): MakeLatest | undefined {
  const mark = given.make_latest === undefined ? 'AUTO' : 'YES'
  return given.make_latest_shown === undefined || mark === (stored?.makeLatest ?? 'AUTO') ? undefined : mark
}

type Values = GivenValues & { milestones: MilestoneChoice; makeLatest: MakeLatest | undefined }

export function valuesIn(given: Fields, stored: Stored | null): Values {
  const prerelease = marks[textIn(given, 'prerelease') ?? 'absent']
  return {
    // The tag is shown where there is no title, so an empty field is not a change then.
    name: changed(textIn(given, 'name'), stored && (stored.name === stored.tagName ? '' : stored.name)),
    description: changed(textIn(given, 'description'), stored && (stored.description ?? '')),
    releasedAt: dateIn(textIn(given, 'released_at'), stored?.releasedAt ?? null),
    prerelease: stored && prerelease === stored.prerelease ? undefined : prerelease,
    milestones: milestonesIn(given, stored),
    makeLatest: markIn(given, stored),
  }
}

/** Undefined where the form has no such field. */
function givenText(given: Fields, name: string): string | null | undefined {
  const text = textIn(given, name)
  return text === undefined ? undefined : text.trim() || null
}

/** How a missing tag is made. */
export const newTagIn = (given: Fields) => ({
  ref: givenText(given, 'ref'),
  tagMessage: givenText(given, 'tag_message'),
})

/** Where the messages of rules belong that have other names than the fields, or none. */
export const fieldOf = {
  tagMessage: 'tag_message',
  'Tag name': 'tag_name',
  'Release already': 'tag_name',
  'Draft already': 'tag_name',
  'You are not allowed to create this': 'tag_name',
  Ref: 'ref',
  Target: 'ref',
} as const
