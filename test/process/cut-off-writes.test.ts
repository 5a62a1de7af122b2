import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import * as create from '../support/factories.ts'
import { createJobProject } from './job-project.ts'
import { serve, until } from './serve-world.ts'

// Hangs when the write is committed and its answer is not yet kept.
const HANG_FUNCTION =
  'CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$'
const HANG = `
  ${HANG_FUNCTION};
  CREATE TRIGGER hang BEFORE UPDATE ON idempotency_records FOR EACH ROW WHEN (NEW.response IS NOT NULL) EXECUTE FUNCTION hang();`
const GO_ON = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep';
  DROP TRIGGER hang ON idempotency_records;
  DROP FUNCTION hang()`

/** A request with its method, path and body, and the answer that it should get. */
type Write = { method: string; path: string; body?: object; status: number; answer: unknown }

const graphql = (name: string, input: object, payload: string, answer: object): Write => ({
  method: 'POST',
  path: '/graphql',
  body: { query: `mutation { ${name}(input: ${literal(input)}) { errors ${payload} } }` },
  status: 200,
  answer: { data: { [name]: { errors: [], ...answer } } },
})

/** The value in the notation of GraphQL. */
const literal = (value: unknown): string =>
  value !== null && typeof value === 'object'
    ? `{ ${Object.entries(value).map(([name, inner]) => `${name}: ${literal(inner)}`)} }`
    : JSON.stringify(value)

const sendTo =
  (token: string) =>
  async (url: string, { method, path, body }: Write, key: string) => {
    const headers = { 'content-type': 'application/json', 'private-token': token, 'idempotency-key': key }
    const response = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    const text = await response.text()
    return {
      status: response.status,
      replayed: response.headers.get('idempotency-replayed'),
      answer: text === '' ? null : (JSON.parse(text) as unknown),
    }
  }

async function createWorld() {
  const project = await createJobProject()
  const found = await db.project.findUniqueOrThrow({ where: { id: project.projectId } })
  const maintainer = await create.createUser()
  await create.addMember({ project: found }, maintainer, 'maintainer')
  for (const tag of ['old', 'stale']) await runGit(project.repository, ['tag', tag, 'main'])
  const old = await create.createRelease(found, { tag: 'old' })
  await create.createRelease(found, { tag: 'stale' })
  await db.releaseDraft.create({ data: { projectId: found.id, tag: 'drafted', ref: 'main' } })
  const link = await create.createLink(old)
  const { fullPath: projectPath, id: projectId } = found
  return { project, projectPath, projectId, link, token: await create.tokenFor(maintainer) }
}

type World = Awaited<ReturnType<typeof createWorld>>

const writesIn = ({ projectPath, projectId, link }: World): Write[] => {
  const rest = `/api/v4/projects/${projectId}`
  const release = (tagName: string) =>
    graphql('releaseCreate', { projectPath, tagName, ref: 'main' }, 'release { tagName }', { release: { tagName } })
  return [
    // These releases are written together, by one statement.
    ...['v1', 'v2', 'v3'].map(release),
    graphql('releasePublish', { projectPath, tagName: 'drafted' }, 'release { tagName }', {
      release: { tagName: 'drafted' },
    }),
    graphql('releaseUpdate', { projectPath, tagName: 'old', name: 'New' }, 'release { name }', {
      release: { name: 'New' },
    }),
    graphql('releaseDelete', { projectPath, tagName: 'stale' }, 'release { tagName }', {
      release: { tagName: 'stale' },
    }),
    graphql('milestoneCreate', { projectPath, title: 'Next' }, 'milestone { title }', { milestone: { title: 'Next' } }),
    {
      ...{ method: 'POST', path: `${rest}/releases`, body: { tag_name: 'v4', ref: 'main' } },
      ...{ status: 201, answer: { tag_name: 'v4' } },
    },
    {
      ...{ method: 'DELETE', path: `${rest}/releases/old/assets/links/${link.id}` },
      ...{ status: 204, answer: null },
    },
    {
      ...{ method: 'POST', path: `${rest}/repository/tags`, body: { tag_name: 'plain', ref: 'main' } },
      ...{ status: 201, answer: { name: 'plain' } },
    },
  ]
}

test('a write whose process died before it kept the answer is answered at once when it is sent again, and made once', async () => {
  const world = await createWorld()
  const { env } = world.project
  const run = (sql: string) => withConnection(env.DATABASE_URL ?? '', (client) => client.query(sql))
  const writes = writesIn(world)
  const send = sendTo(world.token)
  const keyOf = (write: Write) => `key-${writes.indexOf(write)}`

  const killed = serve(env)
  const url = await killed.listening()
  await run(HANG)
  const unanswered = writes.map((write) => send(url, write, keyOf(write)).catch(() => null))
  const hanging = () => db.idempotencyRecord.findMany({ where: { response: null } })
  await until(async () => (await hanging()).filter(({ done }) => done !== null).length === writes.length)
  killed.kill('SIGKILL')
  await killed.ended
  expect(await Promise.all(unanswered)).toEqual(writes.map(() => null))
  await run(GO_ON)

  const again = await serve(env).listening()
  for (const write of writes) {
    const { status, answer, replayed } = await send(again, write, keyOf(write))
    expect({ status, answer, replayed }).toMatchObject({ status: write.status, answer: write.answer, replayed: 'true' })
    // The answer is kept by now.
    expect(await send(again, write, keyOf(write))).toEqual({ status, answer, replayed: 'true' })
  }
  const events = await db.auditEvent.groupBy({ by: ['eventType'], _count: true, orderBy: { eventType: 'asc' } })
  expect(Object.fromEntries(events.map(({ eventType, _count }) => [eventType, _count]))).toEqual({
    release_created: 5,
    release_updated: 1,
    release_deleted_audit_event: 1,
    release_link_deleted: 1,
    milestone_created: 1,
    repository_tag_created: 1,
  })
})

const TAGS = '/repository/tags'

test.each<[string, Omit<Write, 'path'> & { below: string }]>([
  [
    'made',
    { method: 'POST', below: '', body: { tag_name: 'plain', ref: 'main' }, status: 201, answer: { name: 'plain' } },
  ],
  ['deleted', { method: 'DELETE', below: '/doomed', status: 204, answer: null }],
])(
  'a tag that git %s before its process died gets that answer when the request is sent again',
  async (_what, { below, ...rest }) => {
    const world = await createWorld()
    const { env } = world.project
    await runGit(world.project.repository, ['tag', 'doomed', 'main'])
    const run = (sql: string) => withConnection(env.DATABASE_URL ?? '', (client) => client.query(sql))
    const send = sendTo(world.token)
    const write: Write = { ...rest, path: `/api/v4/projects/${world.projectId}${TAGS}${below}` }
    const killed = serve(env)
    const url = await killed.listening()
    await run(
      `${HANG_FUNCTION}; CREATE TRIGGER hang BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION hang()`,
    )
    const unanswered = send(url, write, 'tag').catch(() => null)
    const sleeping = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`
    await until(async () => (await run(sleeping)).rowCount === 1)
    killed.kill('SIGKILL')
    await killed.ended
    expect(await unanswered).toBeNull()
    await run(GO_ON.replace('hang ON idempotency_records', 'hang ON audit_events'))

    const again = await serve(env).listening()
    const { status, answer } = await send(again, write, 'tag')
    expect(status).toBe(write.status)
    if (write.answer !== null) expect(answer).toMatchObject(write.answer as object)
  },
)
