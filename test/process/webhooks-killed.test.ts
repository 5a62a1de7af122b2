import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { startReceiver } from '../support/receiver.ts'
import { ask } from '../support/server-process.ts'
import { createJobProject } from './job-project.ts'
import { serve, until } from './serve-world.ts'

test('every event arrives when the server is killed before, while and after it is sent', async () => {
  const project = await createJobProject()
  const env = { ...project.env, ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8' }
  // The first requests find a receiver that takes an event and never answers.
  let isSilent = true
  const receiver = await startReceiver((response) => void (isSilent || response.end()))
  const data = { projectId: project.projectId, url: receiver.url, host: new URL(receiver.url).host }
  await db.webhook.create({ data: { ...data, events: ['releases_events'] } })
  const publish = async (url: string, tag: string) => {
    const input = `projectPath: "${project.path}", tagName: "${tag}", ref: "main"`
    const mutation = `mutation { releaseCreate(input: { ${input} }) { errors } }`
    expect(await ask(url, mutation, project.token)).toEqual({ data: { releaseCreate: { errors: [] } } })
  }
  const told = () => new Set(receiver.received.map(({ text }) => JSON.parse(text).tag))
  const keysOf = (tag: string) =>
    receiver.received.filter(({ text }) => JSON.parse(text).tag === tag).map(({ headers }) => headers['webhook-id'])

  // Killed before anybody makes deliveries.
  const first = serve(env, ['serve', '--no-worker'])
  await publish(await first.listening(), 'v1.0.0')
  first.kill('SIGKILL')
  await first.ended
  // Killed while the receiver holds the delivery.
  const second = serve(env)
  const url = await second.listening()
  await until(() => told().has('v1.0.0'))
  await publish(url, 'v1.1.0')
  second.kill('SIGKILL')
  await second.ended
  isSilent = false
  const third = serve(env)
  await publish(await third.listening(), 'v1.2.0')
  await until(() => ['v1.1.0', 'v1.2.0'].every((tag) => told().has(tag)) && keysOf('v1.0.0').length === 2, 90)
  expect(new Set(keysOf('v1.0.0')).size).toBe(1)
  await until(async () => (await db.webhookDelivery.count({ where: { nextAttemptAt: { not: null } } })) === 0)
}, 180_000)
