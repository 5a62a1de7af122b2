import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { clone, commit, remoteOf } from '../http/git/git-client.ts'
import { useApp } from '../support/app.ts'
import { startReceiver } from '../support/receiver.ts'
import { work } from './job-world.ts'
import { useWebhooks } from './webhook-world.ts'

const app = useApp({ allowedPrivateAddresses: ['127.0.0.0/8', '::1'] })
const { world, send, hook, releases, newTag } = useWebhooks(app)

const repository = () => app.repositories.directory(world().project.id)
const shaOf = async (ref: string) => (await runGit(repository(), ['rev-parse', ref])).trim()
const ZEROS = '0'.repeat(40)

async function listen() {
  const receiver = await startReceiver()
  await hook(receiver.url, { push_events: true, tag_push_events: true })
  const told = async (least: number) => {
    const bodies = (await receiver.count(least)).map(({ text }) => JSON.parse(text))
    return bodies.map(({ ref, before, after }) => ({ ref, before, after }))
  }
  const refs = async (least: number) => (await told(least)).map(({ ref }) => ref.replace('refs/', ''))
  return { told, refs }
}

/** What a process leaves that is killed while git works. */
const leave = (changes: { ref: string; before: string; after: string }[]) =>
  db.pendingPush.create({ data: { projectId: world().project.id, changes, requestId: 'killed' } })

const pending = () => db.pendingPush.count({ where: { projectId: world().project.id } })

test('a push of three tags tells of each, and one of four tags tells only of its branch', async () => {
  await work(app)
  const { refs } = await listen()
  const desk = await clone(remoteOf(app, world(), world().tokens.owner))
  const push = async (...tags: string[]) => {
    await commit(desk, tags.join())
    for (const tag of tags) await desk.run('tag', tag)
    expect(await desk.run('push', 'origin', 'HEAD:main', ...tags)).toMatchObject({ code: 0 })
  }
  await push('a1', 'a2', 'a3')
  await push('b1', 'b2', 'b3', 'b4')
  await push('c1')
  expect((await refs(7)).sort()).toEqual([
    ...['heads/main', 'heads/main', 'heads/main'],
    ...['tags/a1', 'tags/a2', 'tags/a3', 'tags/c1'],
  ])
})

test('a tag is told that was made for a release which could not be saved', async () => {
  const { refs } = await listen()
  await db.$executeRawUnsafe(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$`,
  )
  await db.$executeRawUnsafe('CREATE TRIGGER refuse BEFORE INSERT ON releases FOR EACH ROW EXECUTE FUNCTION refuse()')
  const tag = newTag()
  const answer = await send('POST', releases(), { tag_name: tag, ref: 'main' })
  await db.$executeRawUnsafe('DROP FUNCTION refuse() CASCADE')
  expect(answer.status).toBe(500)
  await work(app)
  expect(await refs(1)).toEqual([`tags/${tag}`])
  await expect.poll(pending).toBe(0)
})

test('what a killed process has made is told before a push that changes it', async () => {
  const { told } = await listen()
  const desk = await clone(remoteOf(app, world(), world().tokens.owner))
  const [first, second, third] = [await shaOf('main'), await commit(desk, '2'), await commit(desk, '3')]
  const [far, near] = [`refs/heads/far-${newTag()}`, `refs/heads/near-${newTag()}`]
  await desk.run('push', 'origin', `${second}:${far}`)
  await runGit(repository(), ['update-ref', near, second])
  await leave([{ ref: near, before: first, after: second }])
  await desk.run('push', 'origin', `${third}:${near}`)
  expect(await pending()).toBe(0)
  await work(app)
  expect(await told(3)).toEqual([
    { ref: far, before: ZEROS, after: second },
    { ref: near, before: first, after: second },
    { ref: near, before: second, after: third },
  ])
})

test('what a killed process has not made is told once, when it is made', async () => {
  await work(app)
  const { refs } = await listen()
  const sha = await shaOf('main')
  const changeOf = (ref: string) => ({ ref, before: ZEROS, after: sha })
  for (const ref of ['refs/heads/again', 'refs/tags/never']) await leave([changeOf(ref)])
  const make = (branch: string) =>
    send('POST', `/projects/${world().project.id}/repository/branches`, { branch, ref: 'main' })
  expect([(await make('again')).status, (await make('again')).status]).toEqual([201, 400])
  expect((await make('last')).status).toBe(201)
  expect(await refs(2)).toEqual(['heads/again', 'heads/last'])
  expect(await pending()).toBe(1)
})
