import type { TypedDocumentString } from '../generated/graphql.ts'
import type { TestApp } from './app.ts'

export type GraphqlError = { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }
export type Answer<Data> = { status: number; headers: Headers; data: Data; errors?: GraphqlError[] }

export type RequestOptions = { token?: string | null; headers?: Record<string, string>; path?: string }

const asHeaders = (token: string | null | undefined): Record<string, string> =>
  token ? { 'private-token': token } : {}

/** Sends one GraphQL operation over HTTP. */
export async function query<Data, Variables>(
  app: TestApp,
  document: TypedDocumentString<Data, Variables> | string,
  variables: Variables | Record<string, unknown> = {},
  { token, headers = {}, path = '/api/graphql' }: RequestOptions = {},
): Promise<Answer<Data>> {
  const response = await fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...asHeaders(token), ...headers },
    body: JSON.stringify({ query: document.toString(), variables }),
  })
  const body = (await response.json()) as { data: Data; errors?: GraphqlError[] }
  return { status: response.status, headers: response.headers, ...body }
}
