import type { TestApp } from '../../support/app.ts'
import type { World } from '../../support/world.ts'

/** The header that a browser sends. */
export const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

export type WebOptions = { token?: string | null; headers?: Record<string, string>; method?: string }

/** Asks for an address below the `/-/` of a project, and does not follow redirects. */
export function web(
  app: TestApp,
  { project }: Pick<World, 'project'>,
  path: string,
  { token, headers = {}, method = 'GET' }: WebOptions = {},
): Promise<Response> {
  const credential: Record<string, string> = token ? { 'private-token': token } : {}
  const url = `${app.url}/${project.fullPath}/-/${path}`
  return fetch(url, { method, redirect: 'manual', headers: { ...credential, ...headers } })
}

/** Everything that a client gets, except what differs from moment to moment. */
export async function wholeAnswer(response: Response): Promise<{ status: number; headers: string[][]; text: string }> {
  const headers = [...response.headers].filter(([name]) => !/^(?:date|x-request-id|ratelimit-.*)$/.test(name))
  return { status: response.status, headers, text: await response.text() }
}
