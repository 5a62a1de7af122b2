// A browser that is signed in, for pages with forms.
import type { TestApp } from '../../support/app.ts'
import { FROM_HERE, formTokenOf, signIn } from '../sign-in/browser.ts'
import { BROWSER } from './web-client.ts'

export type Answer = { status: number; headers: Headers; text: string }

type Sent = { headers?: Record<string, string>; form_token?: string }

/** A form's fields. A list is sent as one field for each of its texts. */
type Form = Record<string, string | readonly string[]>

export type PageBrowser = {
  open: (path: string) => Promise<Answer>
  /** Sends a form from a page of the server, with the token of the session. */
  send: (path: string, form?: Form, sent?: Sent) => Promise<Answer>
}

const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  headers: response.headers,
  text: await response.text(),
})

const pairsOf = (form: Form) =>
  Object.entries(form).flatMap(([name, value]) => [value].flat().map((text) => [name, text] as [string, string]))

/** Without a token the browser is not signed in. Redirects are not followed. */
export async function openPages(app: TestApp, token: string | null): Promise<PageBrowser> {
  const cookie = token === null ? null : await signIn(app, token)
  const own: Record<string, string> = cookie === null ? BROWSER : { ...BROWSER, cookie }
  const form_token = cookie === null ? '' : await formTokenOf(app, cookie)
  return {
    open: async (path) => answerOf(await fetch(app.url + path, { redirect: 'manual', headers: own })),
    send: async (path, form = {}, { headers = FROM_HERE, ...sent } = {}) => {
      const body = new URLSearchParams(pairsOf({ form_token, ...sent, ...form }))
      return answerOf(
        await fetch(app.url + path, { method: 'POST', redirect: 'manual', headers: { ...own, ...headers }, body }),
      )
    },
  }
}

/** What stands beside a field because it is wrong; null when nothing does. */
export const problemBeside = ({ text }: Answer, name: string): string | null =>
  new RegExp(`<small id="${name}-problem" class="problem">([^<]*)</small>`).exec(text)?.[1]?.replaceAll('&#39;', "'") ??
  null

/** The values of the buttons with this name. */
export const buttonsIn = ({ text }: Answer, name: string): string[] =>
  [...text.matchAll(new RegExp(`<button[^>]* name="${name}" value="([^"]*)"`, 'g'))].map(([, value = '']) => value)
