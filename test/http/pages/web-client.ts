import type { TestApp } from '../../support/app.ts'
import type { World } from '../../support/world.ts'

/** What a browser sends. */
export const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

export type WebOptions = { token?: string | null; headers?: Record<string, string>; method?: string }

/** Asks for what is behind the `/-/` of a project; redirects are not followed. */
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

/** All that a client is told, but for what differs by the moment. */
export async function wholeAnswer(response: Response): Promise<{ status: number; headers: string[][]; text: string }> {
  const headers = [...response.headers].filter(([name]) => !/^(?:date|x-request-id|ratelimit-.*)$/.test(name))
  return { status: response.status, headers, text: await response.text() }
}
