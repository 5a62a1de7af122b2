import { expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'

const app = useApp()

test('/health says that the process lives, and its version', async () => {
  const response = await fetch(`${app.url}/health`)
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok', version: manifest.version }])
})

test('/ready says that requests can be answered', async () => {
  const response = await fetch(`${app.url}/ready`)
  expect([response.status, await response.json()]).toEqual([200, { status: 'ready' }])
})

test('/metrics shows the versions of Waybill and of Node', async () => {
  const text = await (await fetch(`${app.url}/metrics`)).text()
  expect(text).toContain(`waybill_build_info{version="${manifest.version}",node="${process.version}"} 1\n`)
})

test('/metrics counts requests by door and status, and holds no path', async () => {
  await query(app, '{ project(fullPath: "group/secret-path") { id } }')
  await fetch(`${app.url}/group/secret-path`)
  const text = await (await fetch(`${app.url}/metrics`)).text()
  expect(text).toMatch(/waybill_http_request_duration_seconds_count\{door="graphql",status="200"\} \d+/)
  expect(text).toMatch(/waybill_http_request_duration_seconds_count\{door="service",status="404"\} \d+/)
  expect(text).toContain('process_cpu_seconds_total')
  expect(text).not.toContain('secret-path')
})

test('/ leads to GraphiQL', async () => {
  const response = await fetch(app.url, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([302, '/graphql'])
})

test('an unknown path is 404, as JSON', async () => {
  const response = await fetch(`${app.url}/nowhere`)
  expect([response.status, await response.json()]).toEqual([404, { message: '404 Not Found' }])
})
