import { expect } from 'vitest'
import type { TestApp } from './app.ts'
import { query } from './client.ts'

type Payloads = Record<string, { errors: string[] } | null>

/** Sends a mutation and returns the rules that it broke; an error of the request fails the test. */
export async function mutate(
  app: TestApp,
  token: string | null,
  name: string,
  input: Record<string, unknown>,
): Promise<string[]> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
  const { data, errors } = await query<Payloads, never>(app, document, { input }, { token })
  expect(errors).toBeUndefined()
  return data[name]?.errors ?? []
}
