import { expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'

const app = useApp()

const ask = (accept: string, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', ...headers },
    body: '{"query":"{ __typename }"}',
  })

test.each(['constructor', '__proto__', 'toString', 'valueof, constructor;q=2'])(
  'a client that accepts only %s gets 406',
  async (accept) => {
    expect((await ask(accept)).status).toBe(406)
    const refused = await ask(accept, { 'private-token': 'nobody' })
    expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/json; charset=utf-8'])
  },
)
