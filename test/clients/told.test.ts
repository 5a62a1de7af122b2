// A release reaches everybody who asked for it: a mailbox, a receiver of webhooks and a subscriber, each once.
import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { createJobProject, type JobProject } from '../process/job-project.ts'
import { serve, until } from '../process/serve-world.ts'
import * as create from '../support/factories.ts'
import { startMailServer } from '../support/mail-server.ts'
import { startReceiver } from '../support/receiver.ts'
import { ask } from '../support/server-process.ts'
import { subscribe } from '../support/subscribe.ts'
import { cloneRepository, remoteOf, runPackage } from './run-program.ts'

const plugins = [
  '@semantic-release/commit-analyzer',
  '@semantic-release/release-notes-generator',
  '@semantic-release/gitlab',
]

type Mutated = Record<string, { errors: string[] } | null>

/** Fails the test when the server refuses the mutation. */
async function mutate(url: string, name: string, input: string, token: string): Promise<void> {
  const answer = await ask<Mutated>(url, `mutation { ${name}(input: { ${input} }) { errors } }`, token)
  expect(answer).toEqual({ data: { [name]: { errors: [] } } })
}

/** A Reporter who watches the project by mail, and a Maintainer who adds the receiver. */
async function createAudience(url: string, project: JobProject, receiverUrl: string) {
  const [maintainer, reporter] = [await create.createUser(), await create.createUser()]
  const subject = { project: await db.project.findUniqueOrThrow({ where: { id: project.projectId } }) }
  await create.addMember(subject, maintainer, 'maintainer')
  await create.addMember(subject, reporter, 'reporter')
  const path = `projectPath: "${project.path}"`
  await mutate(url, 'notificationSettingUpdate', `${path}, level: WATCH`, await create.tokenFor(reporter))
  const signingToken = `whsec_${randomBytes(32).toString('base64')}`
  const hook = `${path}, url: "${receiverUrl}", events: [RELEASES, RELEASE_PUBLISH], signingToken: "${signingToken}"`
  await mutate(url, 'webhookCreate', hook, await create.tokenFor(maintainer))
  return { address: reporter.email ?? '', signature: new Webhook(signingToken) }
}

async function startWorld() {
  const project = await createJobProject()
  const [mailServer, receiver] = [await startMailServer(), await startReceiver()]
  const env = { ...project.env, SMTP_URL: mailServer.url, ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8' }
  // The subscriber is at a server that goes on.
  const url = await serve(env, ['serve', '--no-worker']).listening()
  const { address, signature } = await createAudience(url, project, receiver.url)
  const subscription = `subscription { releasePublished(projectPath: "${project.path}") { tagName } }`
  const stream = await subscribe<{ releasePublished: { tagName: string } }>({ url }, subscription, {
    token: project.token,
  })
  const told: string[] = []
  const listen = async () => {
    for (;;) told.push((await stream.next())?.data?.releasePublished.tagName ?? 'an error')
  }
  listen().catch(() => {})

  /** The library throws when a signature is wrong. A repeated delivery has the same identifier. */
  const hooks = () => {
    const events = receiver.received.map(({ text, headers }) => {
      const { action, tag } = signature.verify(text, headers as Record<string, string>) as {
        action: string
        tag: string
      }
      return [headers['webhook-id'], `${action} ${tag}`] as const
    })
    return [...new Map(events).values()]
  }
  const mails = () => {
    const named = mailServer.to(address).map(({ parsed }) => [parsed.messageId, parsed.subject] as const)
    return [...new Map(named).values()]
  }
  return { project, env, hooks, mails, told }
}

test('a release of semantic-release reaches mailbox, signed receiver and subscriber once, though the server is killed before it tells them', async () => {
  const { project, env, hooks, mails, told } = await startWorld()
  const maker = serve(env, ['serve', '--no-worker'])
  const url = await maker.listening()
  const remote = remoteOf(url, project.path, project.token)
  const desk = await cloneRepository(remote)
  await desk.push('feat: sail by night', { '.releaserc.json': JSON.stringify({ branches: ['main'], plugins }) })
  const variables = { CI: 'true', GITLAB_CI: 'true', CI_API_V4_URL: `${url}/api/v4`, CI_PROJECT_PATH: project.path }
  const env24 = {
    ...variables,
    CI_PROJECT_URL: `${url}/${project.path}`,
    CI_COMMIT_REF_NAME: 'main',
    GL_TOKEN: project.token,
  }
  expect(await runPackage('semantic-release', [], { cwd: desk.dir, env: env24 })).toMatchObject({ code: 0 })
  maker.kill('SIGKILL')
  await maker.ended
  expect([mails(), hooks()]).toEqual([[], []])

  await serve(env).listening()
  await until(() => mails().length > 0 && hooks().length > 0 && told.length > 0)
  const [tag] = told
  expect(told).toEqual([tag])
  expect(hooks()).toEqual([`create ${tag}`])
  expect(mails()).toEqual([expect.stringContaining(`New release: ${tag}`)])
})

test('an upcoming release reaches them once on its date, though the server is killed before the date', async () => {
  const { project, env, hooks, mails, told } = await startWorld()
  const first = serve(env)
  const url = await first.listening()
  const releasedAt = new Date(Date.now() + 6000)
  const release = `projectPath: "${project.path}", tagName: "v9", ref: "main", releasedAt: "${releasedAt.toISOString()}"`
  await mutate(url, 'releaseCreate', release, project.token)
  await until(() => hooks().length === 1 && told.length === 1)
  expect([hooks(), told, mails()]).toEqual([['create v9'], ['v9'], []])
  first.kill('SIGKILL')
  await first.ended

  await serve(env).listening()
  await until(() => mails().length > 0 && hooks().length > 1 && told.length > 1)
  expect(Date.now()).toBeGreaterThanOrEqual(releasedAt.getTime() - 1000)
  expect([hooks(), told, mails().length]).toEqual([['create v9', 'publish v9'], ['v9', 'v9'], 1])
})
