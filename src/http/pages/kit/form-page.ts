// A page with a form that writes: GET shows it, POST receives it. A broken rule shows the form again, with what was given and with
// the rule's message at its field; success leads on (303), so that loading the next page again sends nothing twice.
import type { Context as HonoContext } from 'hono'
import { mayWrite } from '../../../access/assert-may-write.ts'
import type { Context } from '../../../context/context.ts'
import { AppError, httpStatus, RuleViolation } from '../../../foundation/errors.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import type { ContextEnv } from '../../hono-context.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { answerFailure } from './error-page.ts'
import { answerHtml } from './html-page.ts'
import type { Page } from './layout.ts'
import { formTokenFor, readOwnForm } from './own-form.ts'

/** Messages for the whole form, and by field. */
type Problems = { all: readonly string[]; fields: Readonly<Record<string, readonly string[]>> }

/** What a form shows: what was given, what is wrong with it, and the token of the session; null for one that only reads. */
export type Filled = { given: Fields | null; problems: Problems; token: string | null }

type Asked = { c: HonoContext<ContextEnv>; context: Context }

export type FormPage<A extends Asked> = {
  /** The page; null where the viewer may not send the form. */
  show: (asked: A, filled: Filled) => Promise<Page | null>
  /**
   * Does what the form says, and gives the URL to go on at, or a page to show instead, for what is shown once. `again` shows the form
   * with these values, for a button that only helps to fill it in.
   */
  write: (asked: A, given: Fields) => Promise<string | Page | { again: Fields }>
  /** The most bytes of the body; a text is some 3 bytes a character in a form. */
  maxBytes?: number
  /** The field of an attribute that a rule names, where the names differ, or of messages that begin with these words. */
  fieldOf?: Readonly<Record<string, string>>
}

/** Whether a page offers forms to the viewer, as far as that does not depend on the page. */
export const mayFillForms = ({ viewer }: Context): boolean => viewer.user !== null && mayWrite(viewer)

type Parts<A extends Asked> = { parts: ContextParts; form: FormPage<A>; frame: (asked: A, page: Page) => Page }

const NO_PROBLEMS: Problems = { all: [], fields: {} }
const NO_STORE = { 'cache-control': 'no-store' }

/** Without a session the browser is sent to sign in, and comes back. */
function toSignIn(c: HonoContext, { baseUrl }: ContextParts): Response {
  const base = new URL(baseUrl).pathname.replace(/\/$/, '')
  const { pathname, search } = new URL(c.req.raw.url)
  return c.redirect(`${base}/-/sign-in?return_to=${encodeURIComponent(pathname + search)}`, 302)
}

export async function answerForm<A extends Asked>(
  c: HonoContext<ContextEnv>,
  { parts, asked, form, frame }: Parts<A> & { asked: A },
): Promise<Response> {
  const token = formTokenFor(c, parts)
  const { viewer } = asked.context
  // A form of one account must not be sent by the session of another one.
  if (token === null || viewer.sessionId === undefined) return toSignIn(c, parts)
  const filled = { given: null, problems: NO_PROBLEMS, token: mayWrite(viewer) ? token : null }
  const page = await form.show(asked, filled)
  return page ? answerHtml(c, frame(asked, page), NO_STORE) : c.notFound()
}

/** Rules name attributes; the form shows each message at the field, and the others above. */
function problemsIn(error: AppError, fieldOf: Readonly<Record<string, string>>): Problems {
  if (!(error instanceof RuleViolation)) return { all: [error.message], fields: {} }
  const byAttribute = Object.entries(error.attributes).map(
    ([name, messages]) => [fieldOf[name] ?? name, messages] as const,
  )
  const byBeginning = Object.entries(fieldOf).map(
    ([words, name]) => [name, error.messages.filter((message) => message.startsWith(`${words} `))] as const,
  )
  const told = [...byBeginning, ...byAttribute].filter(([, messages]) => messages.length > 0)
  return { all: error.messages, fields: Object.fromEntries(told) }
}

/** What the person can mend in the form, such as a tag that is protected. Everything else is a page about the failure. */
const isMendable = (error: unknown): error is AppError =>
  error instanceof AppError &&
  (['INVALID', 'CONFLICT', 'UNPROCESSABLE', 'TOO_LARGE'].includes(error.code) ||
    (error instanceof RuleViolation && error.code === 'FORBIDDEN'))

type Receiver<A extends Asked> = {
  find: (c: HonoContext<ContextEnv>) => Promise<A | null>
  /** Whether the form was sent to a path that its subject had before. */
  hasMoved: (asked: A) => boolean
}

export async function receiveForm<A extends Asked>(
  c: HonoContext<ContextEnv>,
  { parts, find, hasMoved, form, frame }: Parts<A> & Receiver<A>,
): Promise<Response> {
  const { context, fields: given } = await readOwnForm(c, parts, form.maxBytes)
  c.set('context', context)
  const asked = await find(c)
  if (!asked) return c.notFound()
  if (hasMoved(asked)) {
    const message = 'This project has moved: open the form again under its present path'
    return answerFailure(c, { status: 405, body: { message }, headers: { allow: 'GET, HEAD' } })
  }
  const filled = { given, problems: NO_PROBLEMS, token: formTokenFor(c, parts) ?? '' }
  try {
    const next = await form.write(asked, given)
    if (typeof next === 'string') return c.redirect(next, 303)
    const page = 'again' in next ? await form.show(asked, { ...filled, given: next.again }) : next
    return page ? answerHtml(c, frame(asked, page), NO_STORE) : c.notFound()
  } catch (error) {
    if (!isMendable(error)) throw error
    const page = await form.show(asked, { ...filled, problems: problemsIn(error, form.fieldOf ?? {}) })
    if (!page) throw error
    return answerHtml(c, { ...frame(asked, page), status: httpStatus[error.code] }, NO_STORE)
  }
}
