import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import * as create from '../support/factories.ts'
import { startReceiver } from '../support/receiver.ts'
import { ask } from '../support/server-process.ts'
import { createJobProject } from './job-project.ts'
import { serve, until } from './serve-world.ts'

test('a server that is told of no private address neither saves nor asks a receiver in its network', async () => {
  const project = await createJobProject()
  const subject = { project: await db.project.findUniqueOrThrow({ where: { id: project.projectId } }) }
  const maintainer = await create.createUser()
  await create.addMember(subject, maintainer, 'maintainer')
  const receiver = await startReceiver()
  const url = await serve(project.env).listening()
  const address = `${url}/api/v4/projects/${project.projectId}/hooks`
  const headers = { 'private-token': await create.tokenFor(maintainer), 'content-type': 'application/json' }
  const refused = await fetch(address, { method: 'POST', headers, body: JSON.stringify({ url: receiver.url }) })
  expect([refused.status, await refused.json()]).toEqual([422, { error: 'Invalid url given' }])
  // Somebody may have allowed it before.
  const data = { projectId: project.projectId, url: receiver.url, host: new URL(receiver.url).host }
  await db.webhook.create({ data: { ...data, events: ['releases_events'] } })
  const input = `projectPath: "${project.path}", tagName: "v1", ref: "main"`
  await ask(url, `mutation { releaseCreate(input: { ${input} }) { errors } }`, project.token)
  await until(async () => (await db.webhookDelivery.count({ where: { attempts: 1 } })) === 1)
  const [delivery] = await db.webhookDelivery.findMany()
  expect(delivery).toMatchObject({ responseStatus: null, error: expect.stringContaining('is at a private address') })
  expect(receiver.received).toEqual([])
})
