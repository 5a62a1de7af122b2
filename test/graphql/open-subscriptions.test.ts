import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { type Stream, subscribe } from '../support/subscribe.ts'

const app = useApp()

const MOST = 100

const documentOf = ({ fullPath }: Project) => `subscription { releasePublished(projectPath: "${fullPath}") { id } }`

/** Subscribes until the end of the test. */
async function listen(project: Project, token: string | null): Promise<Stream<Record<string, unknown>>> {
  const stream = await subscribe(app, documentOf(project), { token })
  onTestFinished(() => stream.close())
  return stream
}

/** The server learns a moment later that a stream was closed, and counts it until then. */
const listeners = () => expect.poll(() => app.changes.size(), { timeout: 10_000 })

// Streams of the test before may still be closing.
beforeEach(() => listeners().toBe(0))

const listenOften = (project: Project, token: string | null) =>
  Promise.all(Array.from({ length: MOST }, () => listen(project, token)))

const refused = { errors: [{ message: expect.stringContaining(`at most ${MOST} subscriptions`) }] }

describe('the bound of open subscriptions', () => {
  test('an account has a limit of open subscriptions over all its tokens, other accounts have their own, and a closed one makes room', async () => {
    const project = await create.createProject()
    const [user, other] = [await create.createUser(), await create.createUser()]
    const [first, ...rest] = await listenOften(project, await create.tokenFor(user))
    expect(rest).toHaveLength(MOST - 1)
    const token = await create.tokenFor(user)
    expect(await (await listen(project, token)).rest()).toMatchObject([refused])

    const heard = [await listen(project, await create.tokenFor(other)), await listen(project, null)]
    first?.close()
    await listeners().toBe(MOST + 1)
    heard.push(await listen(project, token))
    const release = await create.createRelease(project)
    for (const stream of heard) {
      expect(await stream.next()).toEqual({ data: { releasePublished: { id: `gid://gitlab/Release/${release.id}` } } })
    }
  })

  test('an address has a limit of open subscriptions without an account, and a refused one takes no room', async () => {
    const project = await create.createProject()
    const hidden = await create.createProject({ visibility: 'private' })
    for (const stream of await listenOften(hidden, null)) {
      expect(await stream.rest()).toMatchObject([{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }])
    }
    await listenOften(project, null)
    expect(await (await listen(project, null)).rest()).toMatchObject([refused])
  })

  test('a subscription that ends because the access is lost makes room', async () => {
    const project = await create.createProject()
    const token = await create.tokenFor(await create.createUser())
    const streams = await listenOften(project, token)
    await db.project.update({ where: { id: project.id }, data: { visibility: 'private' } })
    await create.createRelease(project)
    for (const stream of streams) expect(await stream.rest()).toMatchObject([{ errors: [{}] }])
    await listeners().toBe(0)
    const open = await create.createProject()
    const again = await listen(open, token)
    await create.createRelease(open)
    expect(await again.next()).toHaveProperty('data')
  })
})

describe('a subscription whose events cannot be sent', () => {
  const send = async (body: unknown, accept: string) => {
    const headers = { accept, 'content-type': 'application/json' }
    const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, text: await response.text() }
  }
  const nobodyListens = () => listeners().toBe(0)

  test.each(['application/json', 'application/graphql-response+json', 'multipart/mixed', 'text/html'])(
    'a client that takes only %s gets 406 and no subscription',
    async (accept) => {
      const query = documentOf(await create.createProject())
      expect((await send({ query }, accept)).status).toBe(406)
      await nobodyListens()
    },
  )

  test.each(['application/json', 'text/event-stream'])(
    'a batch, whose answer is %s, opens no subscription',
    async (accept) => {
      const query = documentOf(await create.createProject())
      const { text } = await send([{ query }, { query: '{ __typename }' }, { query }], accept)
      expect(text.match(/cannot be part of a batch/g)).toHaveLength(2)
      expect(text).toContain('{"data":{"__typename":"Query"}}')
      await nobodyListens()
    },
  )
})
