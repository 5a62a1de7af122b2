// What the query of a page's URL asks for.
import type { Context as HonoContext } from 'hono'
import { z } from 'zod'
import { invalid } from '../../../foundation/errors.ts'
import { lengthProblem, maxCharacters, type TextName } from '../../../foundation/text-limits.ts'
import type { ContextEnv } from '../../hono-context.ts'
import { flag, optional } from '../../rest/kit/fields.ts'
import { pageFields } from '../../rest/kit/pagination.ts'

/** A number from 1 in the query; undefined without one. */
export function numberIn(c: HonoContext<ContextEnv>, name: string): number | undefined {
  const text = c.req.query(name)
  if (!text) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(`"${name}" must be a whole number from 1`)
  return Number(text)
}

const PageOfList = z.object(pageFields)

/** The page of a list that is shown as REST shows it. */
export function pageOfListIn(c: HonoContext<ContextEnv>) {
  const read = PageOfList.safeParse(c.req.query())
  if (!read.success) throw invalid('"page" and "per_page" must be whole numbers')
  return read.data
}

/** A text that looks something up; null without one. */
export function queryText(c: HonoContext<ContextEnv>, name: string, bound: TextName): string | null {
  const text = c.req.query(name)
  if (!text) return null
  const problem = lengthProblem(maxCharacters[bound], text)
  if (problem !== null) throw invalid(`"${name}" ${problem}`)
  return text
}

/** Whether something is asked for, read as REST reads it; null without it. Of several values the last one counts. */
export function queryFlag(c: HonoContext<ContextEnv>, name: string): boolean | null {
  const read = optional(flag).safeParse(new URL(c.req.url).searchParams.getAll(name).at(-1))
  if (!read.success) throw invalid(`"${name}" must be true or false`)
  return read.data ?? null
}

/** One of the choices; the first one without it. */
export function queryChoice<Choice extends string>(
  c: HonoContext<ContextEnv>,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = c.req.query(name)
  return choices.find((choice) => choice === text) ?? choices[0]
}
