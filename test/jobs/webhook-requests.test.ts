import { createHmac } from 'node:crypto'
import { Webhook as Verifier } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Webhook } from '../../src/generated/prisma/client.ts'
import { requestOf } from '../../src/modules/webhooks/delivery-request.ts'
import { useApp } from '../support/app.ts'
import { startReceiver } from '../support/receiver.ts'
import { work } from './job-world.ts'
import { useWebhooks } from './webhook-world.ts'

const app = useApp({ allowedPrivateAddresses: ['127.0.0.0/8', '::1'] })
const { hook, hooks, publish, send, until } = useWebhooks(app)

test('the headers name the event, and a delivery is signed so that the library verifies it', async () => {
  await work(app)
  const receiver = await startReceiver()
  const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
  const values = { releases_events: true, token: 'the-token', signing_token: secret }
  const custom_headers = [
    { key: 'X-Tenant', value: 'harbour' },
    { key: 'user-agent', value: 'mine' },
  ]
  const address = receiver.url.replace('//', '//anna:se%3Acret@')
  const made = await hook(`${address}/{team}`, {
    ...{ ...values, custom_headers },
    url_variables: [{ key: 'team', value: 'anchors' }],
  })
  await publish()
  const [one] = await receiver.count(1)
  if (!one) throw new Error('Nothing came')
  expect(one.path).toBe('/anchors')
  expect(one.headers).toMatchObject({
    ...{ 'content-type': 'application/json', 'user-agent': 'GitLab/18.0.0', 'x-gitlab-event': 'Release Hook' },
    ...{ 'x-gitlab-instance': app.url, 'x-gitlab-token': 'the-token', 'x-tenant': 'harbour' },
    authorization: `Basic ${Buffer.from('anna:se:cret').toString('base64')}`,
    'idempotency-key': one.headers['webhook-id'],
    'x-gitlab-webhook-uuid': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'x-gitlab-event-uuid': expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  const headers = one.headers as Record<string, string>
  expect(new Verifier(secret).verify(one.text, headers)).toMatchObject({ object_kind: 'release' })
  expect(() => new Verifier(secret).verify(`${one.text} `, headers)).toThrow('No matching signature')
  const kept = await until(made, ({ attemptedAt }) => attemptedAt !== null)
  const shown = JSON.stringify(kept)
  for (const text of ['the-token', 'harbour', 'cret', secret, '/anchors']) expect(shown).not.toContain(text)
  expect(kept.requestHeaders).toMatchObject({ 'X-Gitlab-Token': '[REDACTED]', 'X-Tenant': '[REDACTED]' })
})

test('the signature is that of the test vector', () => {
  const secrets = { signingToken: 'whsec_d2F5YmlsbC1leGFtcGxlLWtleS0wMTIzNDU2Nzg5YWI=' }
  const webhook = { secrets, template: null } as unknown as Webhook
  const key = '5c0f8c1e-6b0e-4b7e-9a53-0d6f3c1f2a77'
  const body = '{"object_kind":"release","action":"create","tag":"v2.4.0"}'
  const told = { key, trigger: 'releases_events', cause: 'a', body } as const
  const { headers } = requestOf(webhook, told, 'https://waybill.example', new Date(1_790_000_000_000))
  expect([headers['webhook-id'], headers['webhook-timestamp']]).toEqual([key, '1790000000'])
  expect(headers['webhook-signature']).toBe('v1,AhZkOw4m1Xd9l2iicqONf1P1OKPNl6oTlizTOpyVMY4=')
  const hmac = createHmac('sha256', Buffer.from('waybill-example-key-0123456789ab'))
  expect(headers['webhook-signature']).toBe(`v1,${hmac.update(`${key}.1790000000.${body}`).digest('base64')}`)
})

test('for a day after its signing token has changed a delivery is signed with both', async () => {
  await work(app)
  const receiver = await startReceiver()
  const [old, fresh] = [7, 8].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`) as [string, string]
  const made = await hook(receiver.url, { releases_events: true, signing_token: old })
  const change = (signing_token: string) => send('PUT', `${hooks()}/${made.id}`, { signing_token })
  /** Which of the two tokens verify the next delivery. */
  const verifiers = async () => {
    await publish()
    const one = (await receiver.count(receiver.received.length + 1)).at(-1)
    const verifies = (token: string) => {
      try {
        return Boolean(new Verifier(token).verify(one?.text ?? '', one?.headers as Record<string, string>))
      } catch {
        return false
      }
    }
    return [verifies(old), verifies(fresh), one?.headers['webhook-signature']?.toString().split(' ').length]
  }
  expect(await verifiers()).toEqual([true, false, 1])
  expect(JSON.stringify((await change(fresh)).body)).not.toContain('whsec_')
  expect(await verifiers()).toEqual([true, true, 2])
  // The same token again changes nothing.
  await change(fresh)
  expect(await verifiers()).toEqual([true, true, 2])
  await db.$executeRaw`UPDATE webhooks SET secrets = jsonb_set(secrets, '{formerSigningToken,until}', to_jsonb(${new Date().toISOString()}::text))
    WHERE id = ${made.id}`
  expect(await verifiers()).toEqual([false, true, 1])
  await change('')
  expect(await verifiers()).toEqual([false, false, undefined])
})
