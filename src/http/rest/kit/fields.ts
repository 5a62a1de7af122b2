// The kinds of parameters. Every kind also accepts a text, because queries and forms contain only texts.
import { z } from 'zod'
import { MAX_INTEGER } from '../../../foundation/limits.ts'
import { lengthProblem, maxCharacters, type TextName } from '../../../foundation/text-limits.ts'
import { parseTime } from '../../../foundation/time.ts'
import type { Fields } from './nested-fields.ts'
import { badRequest } from './rest-errors.ts'

const fromText =
  (parse: (text: string) => unknown) =>
  (value: unknown): unknown =>
    typeof value === 'string' ? parse(value) : value

/** The same bound as in GraphQL. People and scripts list fewer items at once. */
const MAX_ITEMS = 1000

/** PostgreSQL and git cannot store NUL. UTF-8 cannot encode half of a surrogate pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/u

const anyText = z.preprocess(
  (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
  z.string().refine((value) => !UNSTORABLE.test(value)),
)

/** A text that is stored. The use case checks its length, together with its other rules. */
export const storedText = (name: TextName) => anyText.meta({ maxLength: maxCharacters[name] })

/** A text that looks something up or filters a list. A text that is too long is refused here. */
export const text = (name: TextName) =>
  anyText
    .superRefine((value, { addIssue }) => {
      const message = lengthProblem(maxCharacters[name], value)
      if (message) addIssue({ code: 'custom', message, params: { follows: 'name' } })
    })
    .meta({ maxLength: maxCharacters[name] })

/** The search for branches and tags, with GitLab's rules. */
export const refSearch = text('search')
  .nullish()
  .describe(
    'Only names that contain this text. Letter case does not matter. `^` stands for the beginning, `$` for the end, `*` for ' +
      'any characters. The exact name comes first.',
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

/** ISO 8601. A time without a zone is in UTC. */
export const time = z.preprocess(fromText(timeOrText), z.date())

/** A day. A time stands for its day in UTC. */
export const day = time.meta({ format: 'date' })

/** A list. It may also be sent as numbered elements (`a[0]=b`) or as one text with commas. */
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

/** Absent, null and blank mean the same. For a text use `nullish`, because a blank text is a value. */
export const optional = <Kind extends z.ZodType>(kind: Kind) =>
  z.preprocess((value) => (value === '' ? null : value), kind.nullish()).optional()

/** For `refine`: at least one of the parameters is given. */
export const someOf = (...names: string[]) =>
  [
    (input: Record<string, unknown>) => names.some((name) => input[name] !== undefined),
    `${names.join(', ')} are missing, at least one parameter must be provided`,
  ] as const

const nameOf = ([first, ...rest]: readonly PropertyKey[]) =>
  `${String(first)}${rest.map((segment) => `[${String(segment)}]`).join('')}`

const valueAt = (fields: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<PropertyKey, unknown> | null | undefined)?.[name], fields)

function problemOf(issue: z.core.$ZodIssue, fields: Fields): string {
  // The issue comes from a check of all parameters together, so its message names them.
  if (issue.path.length === 0) return issue.message
  const name = nameOf(issue.path).slice(0, 200)
  if (valueAt(fields, issue.path) == null) return `${name} is missing`
  if (issue.code === 'custom' && issue.params?.follows === 'name') return `${name} ${issue.message}`
  return issue.code === 'invalid_value' ? `${name} does not have a valid value` : `${name} is invalid`
}

/** The typed parameters. Throws a 400 that names each wrong parameter. Unknown parameters are ignored. */
export function validate<Kind extends z.ZodType>(kind: Kind, fields: Fields): z.output<Kind> {
  const parsed = kind.safeParse(fields)
  if (parsed.success) return parsed.data
  throw badRequest(...new Set(parsed.error.issues.map((issue) => problemOf(issue, fields))))
}
