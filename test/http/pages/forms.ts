import type { TestApp } from '../../support/app.ts'
import type { World } from '../../support/world.ts'
import { FROM_HERE, formTokenOf, signIn } from '../sign-in/browser.ts'
import { BROWSER } from './web-client.ts'

export type Visitor = {
  /** Opens a page, and does not follow redirects. */
  open: (path: string) => Promise<{ status: number; text: string; location: string | null }>
  /** Sends the form of a page, with the token of the session unless another is given. */
  send: (
    path: string,
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; text: string; location: string | null }>
}

/** Somebody in a browser who has signed in. Paths begin below the `/-/` of the project, or at the root with a slash. */
export async function visitor(app: TestApp, { project }: Pick<World, 'project'>, token: string): Promise<Visitor> {
  const cookie = await signIn(app, token)
  const form_token = await formTokenOf(app, cookie)
  const urlOf = (path: string) => app.url + (path.startsWith('/') ? path : `/${project.fullPath}/-/${path}`)
  const told = async (response: Response) => ({
    status: response.status,
    text: await response.text(),
    location: response.headers.get('location'),
  })
  return {
    open: async (path) => told(await fetch(urlOf(path), { redirect: 'manual', headers: { ...BROWSER, cookie } })),
    send: async (path, fields = {}, headers = FROM_HERE) => {
      const body = new URLSearchParams({ form_token, ...fields })
      const sent = { ...BROWSER, ...headers, cookie }
      return told(await fetch(urlOf(path), { method: 'POST', redirect: 'manual', headers: sent, body }))
    },
  }
}
