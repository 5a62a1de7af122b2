import path from 'node:path'
import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { commit, git } from '../http/git/git-client.ts'
import { startReceiver } from '../support/receiver.ts'
import { createJobProject, type JobProject } from './job-project.ts'
import { newDataDir, serve, until } from './serve-world.ts'

/** Hangs when git has changed the refs and the database does not know it yet. */
const HANG = `
  CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
  CREATE TRIGGER hang BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION hang()`
const HANGING = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`
const GO_ON = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep';
  DROP TRIGGER hang ON audit_events;
  DROP FUNCTION hang()`

const run = ({ env }: JobProject, sql: string) => withConnection(env.DATABASE_URL ?? '', (client) => client.query(sql))

async function createHook({ projectId }: JobProject) {
  const receiver = await startReceiver()
  const data = { projectId, url: receiver.url, host: new URL(receiver.url).host }
  await db.webhook.create({ data: { ...data, events: ['push_events', 'tag_push_events'] } })
  const told = () => receiver.received.map(({ text }) => JSON.parse(text) as { ref: string; user_username: string })
  return { told, refs: () => told().map(({ ref }) => ref.replace('refs/', '')) }
}

function writer(url: string, { projectId, token }: JobProject) {
  const headers = { 'private-token': token, 'content-type': 'application/json' }
  return (method: string, below: string, body?: object) =>
    fetch(`${url}/api/v4/projects/${projectId}${below}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
}

async function clone(url: string, project: JobProject) {
  const dir = path.join(await newDataDir(), 'clone')
  const remote = new URL(`${url}/${project.path}.git`)
  Object.assign(remote, { username: 'whoever', password: project.token })
  expect((await git(path.dirname(dir), 'clone', '--quiet', remote.href, dir)).code).toBe(0)
  return { dir, run: (...args: string[]) => git(dir, ...args) }
}

test('every change of a ref is told though the server is killed before it records the change', async () => {
  const project = await createJobProject()
  const env = { ...project.env, ALLOWED_PRIVATE_ADDRESSES: '127.0.0.0/8' }
  for (const branch of ['old', 'log']) await runGit(project.repository, ['branch', branch, 'main'])
  await runGit(project.repository, ['tag', 'gone', 'main'])
  const from = (await runGit(project.repository, ['rev-parse', 'main'])).trim()
  const { told, refs } = await createHook(project)
  const killed = serve(env)
  const url = await killed.listening()
  const desk = await clone(url, project)
  await commit(desk)
  const write = writer(url, project)

  await run(project, HANG)
  const unanswered = [
    desk.run('push', 'origin', 'HEAD:main', 'HEAD:refs/tags/pushed'),
    write('POST', '/repository/branches', { branch: 'new', ref: 'log' }),
    write('DELETE', '/repository/branches/old'),
    write('POST', '/repository/tags', { tag_name: 'made', ref: 'log', message: 'Annotated' }),
    write('DELETE', '/repository/tags/gone'),
    write('POST', '/releases', { tag_name: 'v1.0.0', ref: 'log' }),
    write('POST', '/repository/changelog', { version: '1.0.0', branch: 'log', from }),
  ].map((answer) => Promise.resolve(answer).catch(() => null))
  await until(async () => (await run(project, HANGING)).rowCount === unanswered.length)
  killed.kill('SIGKILL')
  await killed.ended
  await Promise.all(unanswered)
  await run(project, GO_ON)
  expect(refs()).toEqual([])

  await serve(env).listening()
  await until(() => refs().length >= 8)
  expect(refs().sort()).toEqual([
    ...['heads/log', 'heads/main', 'heads/new', 'heads/old'],
    ...['tags/gone', 'tags/made', 'tags/pushed', 'tags/v1.0.0'],
  ])
  const user = await db.user.findFirstOrThrow()
  expect(new Set(told().map((event) => event.user_username))).toEqual(new Set([user.username]))
  const recorded = await db.auditEvent.findMany({ where: { eventType: 'repository_pushed', authorId: user.id } })
  expect(recorded).toHaveLength(7)
}, 120_000)
