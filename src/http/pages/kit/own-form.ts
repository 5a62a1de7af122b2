// Forms of this server's pages. Only a session writes, and only by a form that one of our pages sent: the origin is checked before the
// body is read, and the form holds a token that no other server can know.
import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext } from 'hono'
import { assertMayWrite } from '../../../access/assert-may-write.ts'
import type { Context } from '../../../context/context.ts'
import { AppError, invalid, unauthenticated } from '../../../foundation/errors.ts'
import { assertWithinLimits } from '../../../foundation/input-limits.ts'
import { points } from '../../../request/rate-limits/rate-limits.ts'
import { admit, type ContextParts } from '../../../request/request-context.ts'
import { scopeIn } from '../../hono-context.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { readBody } from '../../rest/kit/read-fields.ts'
import { RestError } from '../../rest/kit/rest-errors.ts'
import { isFromHere, placeOf, sessionIn } from '../../session-cookie.ts'
import { formTokenOf, isFormToken } from '../sign-in/form-token.ts'

/** More than a token and the longest path to return to, when each byte of the path is encoded. */
export const USUAL_FORM_BYTES = 32_000

/** Refuses a form that a page of another server sends. */
export function assertFromHere(c: HonoContext, parts: ContextParts): void {
  if (isFromHere(c.req.raw.headers, placeOf(c, parts))) return
  throw new AppError('FORBIDDEN', 'The form was not sent from a page of this server')
}

export async function readForm(c: HonoContext, maxBytes = USUAL_FORM_BYTES): Promise<Fields> {
  try {
    return await readBody((c.env as HttpBindings).incoming, maxBytes)
  } catch (error) {
    if (!(error instanceof RestError)) throw error
    throw invalid('The form cannot be read, or is too large')
  }
}

/** The context of the session, whatever other credentials the request has. */
export async function sessionContext(c: HonoContext, parts: ContextParts, cost: number) {
  const session = sessionIn(c.req.raw.headers, placeOf(c, parts))
  const headers = { get: () => null, ...(session === null ? {} : { session }) }
  return { session, context: await admit(parts, scopeIn(c), headers, cost) }
}

/** The token for the forms of a page; null without a session, which may send none. */
export function formTokenFor(c: HonoContext, parts: ContextParts): string | null {
  const session = sessionIn(c.req.raw.headers, placeOf(c, parts))
  return session === null ? null : formTokenOf(session)
}

/** Browsers send every line break of an area as CR LF, but a stored text has LF. */
function withPlainLineBreaks(fields: Fields): Fields {
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') fields[name] = value.replaceAll('\r\n', '\n')
  }
  return fields
}

/** PostgreSQL and git cannot store NUL. */
const holdsNul = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.includes('\0')
    : typeof value === 'object' && value !== null && Object.values(value).some(holdsNul)

/** Reads a form that writes, and who sent it. */
export async function readOwnForm(
  c: HonoContext,
  parts: ContextParts,
  maxBytes = USUAL_FORM_BYTES,
): Promise<{ context: Context; fields: Fields }> {
  assertFromHere(c, parts)
  const { session, context } = await sessionContext(c, parts, points.write)
  if (session === null || context.viewer.user === null) throw unauthenticated('Sign in first')
  assertMayWrite(context.viewer)
  const fields = withPlainLineBreaks(await readForm(c, maxBytes))
  if (!isFormToken(fields.form_token, session)) throw new AppError('FORBIDDEN', 'The form belongs to another session')
  assertWithinLimits(fields)
  if (holdsNul(fields)) throw invalid('The form has a character that cannot be stored')
  return { context, fields }
}
