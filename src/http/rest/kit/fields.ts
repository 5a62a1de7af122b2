// Kinds of parameters. Queries and forms know texts only, so every kind is read from its text as well.
import { z } from 'zod'
import { lengthProblem, maxCharacters, type TextName } from '../../../foundation/text-limits.ts'
import { parseTime } from '../../../foundation/time.ts'
import type { Fields } from './nested-fields.ts'
import { badRequest } from './rest-errors.ts'

/** PostgreSQL's integer. */
const MAX_INTEGER = 2 ** 31 - 1

const fromText =
  (parse: (text: string) => unknown) =>
  (value: unknown): unknown =>
    typeof value === 'string' ? parse(value) : value

/** As in GraphQL: above what people and scripts list in one go. */
const MAX_ITEMS = 1000

/** PostgreSQL and git hold no NUL, and UTF-8 no half of a surrogate pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/u

const anyText = z.preprocess(
  (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
  z.string().refine((value) => !UNSTORABLE.test(value)),
)

/** One that becomes part of what is stored: whether it is too long is for the use case to tell, among its other rules. */
export const storedText = (name: TextName) => anyText.meta({ maxLength: maxCharacters[name] })

/** One that names or narrows something. */
export const text = (name: TextName) =>
  anyText
    .superRefine((value, { addIssue }) => {
      const message = lengthProblem(maxCharacters[name], value)
      if (message) addIssue({ code: 'custom', message, params: { follows: 'name' } })
    })
    .meta({ maxLength: maxCharacters[name] })

/** As GitLab's finder of branches and tags reads it. */
export const refSearch = text('search')
  .nullish()
  .describe(
    'Only those with this in their name, in any letter case: `^` begins it, `$` ends it, `*` is anything. One that is called ' +
      'just so comes first.',
  )

export const integer = (min = 0, max = MAX_INTEGER) =>
  z.preprocess(
    fromText((value) => (/^-?\d{1,10}$/.test(value.trim()) ? Number(value) : value)),
    z.int().min(min).max(max),
  )

const booleans: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['true', 't', '1', 'yes', 'on'].map((word) => [word, true])),
  ...Object.fromEntries(['false', 'f', '0', 'no', 'off'].map((word) => [word, false])),
}

export const flag = z.preprocess((value) => booleans[String(value).toLowerCase()] ?? value, z.boolean())

function timeOrText(value: string): Date | string {
  try {
    return parseTime(value)
  } catch {
    return value
  }
}

/** ISO 8601; without a zone UTC is meant. */
export const time = z.preprocess(fromText(timeOrText), z.date())

/** A day; of a time its day in UTC. */
export const day = time.meta({ format: 'date' })

/** A list, the list's elements by number (`a[0]=b`), or one text with commas. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => {
    if (typeof value === 'string')
      return value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    if (Array.isArray(value)) return value.filter((element) => element !== '')
    const isNumbered =
      typeof value === 'object' && value !== null && Object.keys(value).every((name) => /^\d+$/.test(name))
    return isNumbered ? Object.values(value) : value
  }, z.array(item).max(MAX_ITEMS))

/** Absent, null and blank are the same. Of texts a blank one is a value: use `nullish`. */
export const optional = <Kind extends z.ZodType>(kind: Kind) =>
  z.preprocess((value) => (value === '' ? null : value), kind.nullish()).optional()

const nameOf = ([first, ...rest]: readonly PropertyKey[]) =>
  `${String(first)}${rest.map((segment) => `[${String(segment)}]`).join('')}`

const valueAt = (fields: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<PropertyKey, unknown> | null | undefined)?.[name], fields)

function problemOf(issue: z.core.$ZodIssue, fields: Fields): string {
  // Said by a check of the whole.
  if (issue.path.length === 0) return issue.message
  const name = nameOf(issue.path).slice(0, 200)
  if (valueAt(fields, issue.path) == null) return `${name} is missing`
  if (issue.code === 'custom' && issue.params?.follows === 'name') return `${name} ${issue.message}`
  return issue.code === 'invalid_value' ? `${name} does not have a valid value` : `${name} is invalid`
}

/** The parameters, typed; 400 names each that is wrong. What is not asked for is ignored. */
export function validate<Kind extends z.ZodType>(kind: Kind, fields: Fields): z.output<Kind> {
  const parsed = kind.safeParse(fields)
  if (parsed.success) return parsed.data
  throw badRequest(...new Set(parsed.error.issues.map((issue) => problemOf(issue, fields))))
}
