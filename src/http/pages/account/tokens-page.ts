import { html } from 'hono/html'
import { maxCharacters } from '../../../foundation/text-limits.ts'
import type { OwnAccessTokensQuery } from '../../../generated/documents.ts'
import { cursorLinks } from '../kit/cursor-pages.ts'
import { choiceField, formOf, textField } from '../kit/form-fields.ts'
import type { Filled } from '../kit/form-page.ts'
import type { Markup } from '../kit/layout.ts'
import { dateOf } from '../kit/shown-time.ts'
import { ACTIONS, wideTable } from '../kit/wide-table.ts'

type Tokens = NonNullable<NonNullable<OwnAccessTokensQuery['currentUser']>['accessTokens']>
type Token = NonNullable<NonNullable<Tokens['nodes']>[number]>

export const scopes = [
  ['read_api', 'Reading what I may read (read_api)'],
  ['api', 'Reading and writing what I may (api)'],
] as const

const row = (token: Token, revokeUrl: string | null) => html`
<tr><th scope="row">${token.name}</th><td>${token.scopes.map((scope) => html`<code>${scope.toLowerCase()}</code> `)}</td>
<td>${dateOf(token.createdAt)}</td><td>${token.expiresAt ? dateOf(token.expiresAt) : 'When it is revoked'}</td>
${
  revokeUrl === null ? '' : html`<td><a href="${revokeUrl}">Revoke<span class="sr-only"> ${token.name}</span></a></td>`
}</tr>`

const table = (tokens: readonly Token[], revokeOf: ((token: Token) => string) | null) =>
  wideTable({
    name: 'Access tokens',
    heads: ['Name', 'Scopes', 'Created', 'Ends', ...(revokeOf ? [ACTIONS] : [])],
    rows: tokens.map((token) => row(token, revokeOf?.(token) ?? null)),
  })

const form = (filled: Filled) =>
  formOf({
    action: '',
    submit: 'Create the token',
    filled,
    fields: [
      textField(filled, {
        name: 'name',
        label: 'Name',
        hint: 'What the token is for.',
        required: true,
        maxLength: maxCharacters.name,
      }),
      choiceField(filled, { name: 'scope', label: 'What the token allows', options: scopes }),
      textField(filled, {
        name: 'expires_on',
        label: 'Ends on',
        type: 'date',
        hint: 'The token ends when this day begins in UTC. Without a day it works until you revoke it.',
      }),
    ],
  })

type List = { list: Tokens; filled: Filled; url: string }

export function tokensPage({ list: { nodes, pageInfo }, filled, url }: List): Markup {
  const tokens = (nodes ?? []).filter((token) => token !== null)
  const revokeOf = filled.token === null ? null : ({ number }: Token) => `${url}/${number}/revoke`
  return html`<h1>Access tokens</h1>
<p>Programs send a token to act for you: git, the command line, scripts. Whoever has it may do what it allows.</p>
${tokens.length > 0 ? table(tokens, revokeOf) : html`<p>You have no access token.</p>`}
${cursorLinks({ pageInfo })}
<h2>New token</h2>
${form(filled)}`
}

/** The only page that ever has the token. */
export const createdTokenPage = ({ token, name, list }: { token: string; name: string; list: string }): Markup => html`
<h1>Token ${name}</h1>
<p>Copy the token now: it is not shown again.</p>
<pre><code>${token}</code></pre>
<p><button type="button" data-copy="${token}" hidden>Copy the token</button></p>
<p><a href="${list}">Back to the access tokens</a></p>`
