import type { TestApp } from '../../support/app.ts'

export type RestOptions = {
  token?: string | null
  headers?: Record<string, string>
  /** A body that is sent as JSON. */
  json?: unknown
  /** A body that is sent as it is. */
  body?: RequestInit['body']
}

export type RestAnswer = {
  status: number
  headers: Headers
  /** Parsed; null when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of all kinds
  body: any
  /** Everything that came, except the status line. */
  text: string
}

/** Sends one request below `/api/v4`; redirects are not followed. */
export async function rest(
  app: TestApp,
  method: string,
  path: string,
  { token, headers = {}, json, body }: RestOptions = {},
): Promise<RestAnswer> {
  const response = await fetch(`${app.url}/api/v4${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { 'private-token': token } : {}),
      ...headers,
    },
    body: json === undefined ? (body ?? null) : JSON.stringify(json),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') && text !== ''
  const all = `${[...response.headers].map((header) => header.join(': ')).join('\n')}\n\n${text}`
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : null, text: all }
}

export const encoded = encodeURIComponent
