// What the query of a page's URL asks for.
import type { Context as HonoContext } from 'hono'
import { invalid } from '../../../foundation/errors.ts'
import type { ContextEnv } from '../../hono-context.ts'

/** A number from 1 in the query; undefined without one. */
export function numberIn(c: HonoContext<ContextEnv>, name: string): number | undefined {
  const text = c.req.query(name)
  if (!text) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(`"${name}" must be a whole number from 1`)
  return Number(text)
}
