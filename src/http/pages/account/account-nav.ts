import { html } from 'hono/html'
import type { Context } from '../../../context/context.ts'
import type { Markup } from '../kit/layout.ts'

/** The pages that an account has for itself. */
export const accountNav = ({ baseUrl }: Pick<Context, 'baseUrl'>): Markup => html`
<nav class="tabs" aria-label="Account"><ul><li><a href="${baseUrl}/-/sign-in">Account</a></li><li><a href="${baseUrl}/-/tokens">Access tokens</a></li><li><a href="${baseUrl}/-/sessions">Sessions</a></li><li><a href="${baseUrl}/-/notifications">Notifications</a></li></ul></nav>`
