import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { endLostImports } from '../../src/modules/imports/start-import.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const START = `mutation ($input: ProjectImportInput!) { projectImport(input: $input) {
  errors import { state step error left leftCount url sourcePath finishedAt counts { subject created } } } }`

// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of many shapes
type Data = any

const start = async ({ project, tokens }: World, viewer: ViewerName, more: object = {}) => {
  const input = {
    projectPath: project.fullPath,
    url: 'https://192.0.2.1',
    sourcePath: 'there/app',
    token: 'a-secret',
    ...more,
  }
  const { data, errors } = await query<Data, object>(app, START, { input }, { token: tokens[viewer] })
  return { payload: data?.projectImport, codes: errors?.map(({ extensions }) => extensions?.code) }
}

const shown = async ({ project, tokens }: World, viewer: ViewerName) => {
  const text = 'query ($path: ID!) { project(fullPath: $path) { import { state url } } }'
  const { data } = await query<Data, object>(app, text, { path: project.fullPath }, { token: tokens[viewer] })
  return data.project?.import ?? null
}

const may = (viewer: ViewerName) => ['maintainer', 'owner'].includes(viewer)

test('a project is imported into from Maintainer on, and nobody else learns of it', async () => {
  for (const visibility of ['private', 'public'] as const) {
    const world = await createWorld(app, { project: { visibility } })
    for (const viewer of viewers) {
      const { payload, codes } = await start(world, viewer)
      const expected = may(viewer) ? [[], undefined] : [undefined, ['NOT_FOUND']]
      const isFirst = viewer === 'maintainer' || !may(viewer)
      expect([viewer, payload?.errors, codes]).toEqual([
        viewer,
        ...(isFirst ? expected : [['An import into the project is running'], undefined]),
      ])
    }
    for (const viewer of viewers) {
      const seen = may(viewer) ? { state: 'WAITING', url: 'https://192.0.2.1/' } : null
      expect([viewer, await shown(world, viewer)]).toEqual([viewer, seen])
    }
  }
})

test('an import that waits tells everything but the token, and is recorded', async () => {
  const world = await createWorld(app)
  const { payload } = await start(world, 'maintainer')
  expect(payload).toEqual({
    errors: [],
    import: {
      ...{ state: 'WAITING', step: 'waiting', error: null, left: [], leftCount: 0, finishedAt: null },
      ...{ url: 'https://192.0.2.1/', sourcePath: 'there/app' },
      counts: ['MILESTONE', 'ISSUE', 'PACKAGE_FILE', 'RELEASE', 'PROTECTED_TAG'].map((subject) => ({
        subject,
        created: 0,
      })),
    },
  })
  const event = await db.auditEvent.findFirstOrThrow({
    where: { eventType: 'project_import_started', projectId: world.project.id },
  })
  expect(event.message).toBe('Started the import of there/app from https://192.0.2.1/')
  expect(JSON.stringify([payload, event, app.logged()])).not.toContain('a-secret')
})

test('a source that is no address of a project is refused', async () => {
  const world = await createWorld(app)
  for (const [more, problem] of [
    [{ url: 'ftp://git.example.com' }, 'not an http(s) URL'],
    [{ url: 'file:///etc/passwd' }, 'not an http(s) URL'],
    [{ url: 'https://me:pass@git.example.com' }, 'has a name or a password'],
    [{ url: 'https://192.0.2.1/?a=b' }, 'ends with a query'],
    [{ sourcePath: '../../user' }, 'is not the full path of a project'],
    [{ sourcePath: 'app' }, 'is not the full path of a project'],
    [{ sourcePath: 'a/b?c' }, 'is not the full path of a project'],
  ] as const) {
    const { payload } = await start(world, 'owner', more)
    expect(payload).toEqual({ import: null, errors: [expect.stringContaining(problem)] })
  }
  expect(await db.projectImport.count({ where: { projectId: world.project.id } })).toBe(0)
})

test('nobody imports into an archived project', async () => {
  const world = await createWorld(app, { project: { archived: true } })
  expect((await start(world, 'owner')).codes).toEqual(['NOT_FOUND'])
})

test('an import from a private address is refused at once, by number and by name', async () => {
  const world = await createWorld(app)
  const hosts = ['10.1.2.3', '[fd00::1]', '169.254.169.254', '0.0.0.0', '127.0.0.1', 'localhost', '2130706433']
  for (const host of hosts) {
    const { payload } = await start(world, 'maintainer', { url: `http://${host}:4000` })
    expect([host, payload.errors]).toEqual([host, [expect.stringContaining('is at a private address')]])
  }
  // Who may not import does not learn where a name leads.
  expect(await start(world, 'developer', { url: 'http://localhost' })).toMatchObject({ codes: ['NOT_FOUND'] })
  expect(await db.projectImport.count({ where: { projectId: world.project.id } })).toBe(0)
})

test('the token of an import that nobody does ends after a day, and that of one at work stays', async () => {
  const [lost, waiting] = [await createWorld(app), await createWorld(app)]
  for (const world of [lost, waiting]) await start(world, 'maintainer')
  const seenAt = (hours: number) => ({ seenAt: new Date(Date.now() - hours * 60 * 60_000) })
  await db.projectImport.update({ where: { projectId: lost.project.id }, data: seenAt(25) })
  await db.projectImport.update({ where: { projectId: waiting.project.id }, data: seenAt(23) })
  await endLostImports()
  const stored = ({ project }: World) => db.projectImport.findUnique({ where: { projectId: project.id } })
  expect(await stored(lost)).toMatchObject({ token: null, state: 'failed', error: expect.stringContaining('again') })
  expect(await stored(waiting)).toMatchObject({ token: 'a-secret', state: 'waiting', error: null })
})
