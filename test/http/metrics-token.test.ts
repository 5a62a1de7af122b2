import { expect, test } from 'vitest'
import { useApp } from '../support/app.ts'

const token = 'a-token-of-prometheus'
const app = useApp({ metricsToken: token })

const read = (headers: Record<string, string>, method = 'GET') => fetch(`${app.url}/metrics`, { method, headers })

test('/metrics with a token of its own is given to clients that have the token', async () => {
  const response = await read({ authorization: `Bearer ${token}` })
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('process_cpu_seconds_total')])
})

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['another token', { authorization: 'Bearer another-token-of-prometheus' }],
  ['the beginning of the token', { authorization: `Bearer ${token.slice(0, -1)}` }],
  ['the token and more', { authorization: `Bearer ${token}x` }],
  ['another scheme', { authorization: `Basic ${token}` }],
  ['the token as that of an account', { 'private-token': token }],
])('/metrics refuses %s with a challenge, and tells nothing', async (_what, headers) => {
  for (const method of ['GET', 'HEAD', 'POST']) {
    const response = await read(headers, method)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="metrics"'])
    expect(await response.text()).not.toContain('process_cpu')
  }
})

test('/health and /ready need no token', async () => {
  for (const path of ['/health', '/ready']) expect((await fetch(app.url + path)).status).toBe(200)
})
