// What an account has for itself. Only a session gets here, and each page asks for the account of the session.
import type { Context } from '../../../context/context.ts'
import { notFoundOrForbidden } from '../../../foundation/errors.ts'
import { parseNumericId } from '../../../foundation/global-id.ts'
import { revokeAllSessions, revokeSession } from '../../../modules/sessions/revoke-sessions.ts'
import { createAccessToken, revokeAccessToken } from '../../../modules/tokens/access-tokens.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { confirmation } from '../kit/confirmation.ts'
import { windowIn } from '../kit/cursor-pages.ts'
import type { FormPage } from '../kit/form-page.ts'
import { choiceIn, dayIn, pathNumber, textIn } from '../kit/given.ts'
import type { Page } from '../kit/layout.ts'
import { type Asked, sitePages } from '../kit/pages.ts'
import { ownAccessToken, ownAccessTokens, ownSessions } from './account-documents.ts'
import { accountNav } from './account-nav.ts'
import { notificationForm } from './notification-form.ts'
import { sessionsPage } from './sessions-page.ts'
import { createdTokenPage, scopes, tokensPage } from './tokens-page.ts'

const listOf = ({ baseUrl }: Context, name: 'tokens' | 'sessions') => `${baseUrl}/-/${name}`

async function createToken(context: Context, given: Fields): Promise<Page> {
  const scope = choiceIn(given, {
    name: 'scope',
    label: 'What the token allows',
    values: scopes.map(([value]) => value),
  })
  const values = {
    name: textIn(given, 'name'),
    scopes: [scope],
    expiresAt: dayIn(given, { name: 'expires_on', label: 'Ends on' }),
  }
  const { token, accessToken } = await createAccessToken(context, values)
  const body = createdTokenPage({ token, name: accessToken.name, list: listOf(context, 'tokens') })
  return { title: `Token ${accessToken.name}`, nav: accountNav(context), body }
}

const tokens: FormPage<Asked> = {
  show: async ({ c, context }, filled) => {
    const { currentUser } = await ownAccessTokens(context, windowIn(c.req.query()))
    const list = currentUser?.accessTokens
    const url = listOf(context, 'tokens')
    return list ? { title: 'Access tokens', nav: accountNav(context), body: tokensPage({ list, filled, url }) } : null
  },
  write: ({ context }, given) => createToken(context, given),
  fieldOf: { Name: 'name', 'The expiry date': 'expires_on' },
}

async function findToken({ c, context }: Asked) {
  const number = pathNumber(c)
  const found = (await ownAccessToken(context, { number })).currentUser?.accessToken
  return found ? { number, ...found } : null
}

const revocation: FormPage<Asked> = {
  show: async (asked, filled) => {
    const token = await findToken(asked)
    if (!token) return null
    const question = confirmation(filled, {
      title: `Revoke ${token.name}`,
      words: 'The token stops working at once, and never works again.',
      submit: 'Revoke the token',
      back: listOf(asked.context, 'tokens'),
    })
    return { ...question, nav: accountNav(asked.context) }
  },
  write: async (asked) => {
    const token = await findToken(asked)
    if (!token) throw notFoundOrForbidden()
    await revokeAccessToken(asked.context, { id: token.number })
    return listOf(asked.context, 'tokens')
  },
}

const sessions: FormPage<Asked> = {
  show: async ({ c, context }, filled) => {
    const { currentUser } = await ownSessions(context, windowIn(c.req.query()))
    const list = currentUser?.sessions
    return list ? { title: 'Sessions', nav: accountNav(context), body: sessionsPage(list, filled) } : null
  },
  write: async ({ context }, given) => {
    if (given.everywhere !== undefined) await revokeAllSessions(context, {})
    else await revokeSession(context, { id: parseNumericId(textIn(given, 'revoke'), 'Session') })
    return listOf(context, 'sessions')
  },
}

export function accountRoutes(parts: ContextParts) {
  const pages = sitePages(parts)
  pages.form('/-/tokens', tokens)
  pages.form('/-/tokens/:number{[1-9][0-9]{0,9}}/revoke', revocation)
  pages.form('/-/sessions', sessions)
  pages.form('/-/notifications', notificationForm)
  return pages.routes
}
