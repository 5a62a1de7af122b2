import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { db } from '../../src/database/db.ts'
import { createReplicas, type Replica } from '../../src/database/replicas/replicas.ts'
import { rest } from '../http/rest/client.ts'
import { until } from '../process/serve-world.ts'
import { startAnotherServer } from '../support/another-server.ts'
import type { TestApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { useReplicatedApp } from '../support/replicated-app.ts'
import { createWorld, type ViewerName, type World } from '../support/world.ts'

const app = useReplicatedApp()

let world: World

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'public' } })
  await app.caughtUp()
}, 60_000)

/** A query whose answer is never kept, because it asks for the path of a group. */
const NAMES = `query ($path: ID!) {
  group: group(fullPath: "nowhere") { id }
  project(fullPath: $path) { id fullPath releases(first: 5) { nodes { tagName name } } milestones(first: 50) { nodes { title } } }
}`
/** A query whose answer is kept. */
const KEPT = 'query ($path: ID!) { project(fullPath: $path) { releases(first: 5) { nodes { tagName name } } } }'

type Project = {
  releases: { nodes: { tagName: string | null; name: string }[] }
  milestones: { nodes: { title: string }[] }
} | null

async function project(viewer: ViewerName, { at = app, of = world, text = NAMES } = {}): Promise<Project> {
  const { data } = await query<{ project: Project }, object>(
    at as TestApp,
    text,
    { path: of.project.fullPath },
    { token: world.tokens[viewer] },
  )
  return data.project
}

const titles = async (viewer: ViewerName, at: TestApp = app) =>
  (await project(viewer, { at: at as typeof app }))?.milestones.nodes.map(({ title }) => title) ?? []

const restTitles = async (viewer: ViewerName, at: TestApp = app): Promise<string[]> => {
  const { body } = await rest(at, 'GET', `/projects/${world.project.id}/milestones`, { token: world.tokens[viewer] })
  return (body as { title: string }[]).map(({ title }) => title)
}

const milestone = (title: string, viewer: ViewerName = 'developer') =>
  mutate(app, world.tokens[viewer], 'milestoneCreate', { projectPath: world.project.fullPath, title })

describe('where a request reads', () => {
  test('a query reads from the replica, and asks the primary for the viewer and what it must not miss', async () => {
    const onPrimary = await app.statementsOf(async () => {
      const { targets, statements } = await app.readsOf(() => project('guest'))
      expect(targets).toEqual(['replica'])
      expect(statements[0]).toContain('replicas.versions')
      expect(statements.slice(1).join()).toContain('projects.byPath')
    })
    expect(onPrimary).toEqual([expect.stringContaining('access_tokens'), expect.stringContaining('replicas.versions')])
  })

  test('a kept answer costs one statement that asks for the version, and one that loads the viewer', async () => {
    await project('reporter', { text: KEPT })
    const onPrimary = await app.statementsOf(async () => {
      expect(await app.readsOf(() => project('reporter', { text: KEPT }))).toEqual({ targets: [], statements: [] })
    })
    expect(onPrimary).toEqual([
      expect.stringContaining('access_tokens'),
      expect.stringContaining('keptAnswers.versions'),
    ])
  })

  test('an answer that will be kept is read from a replica that has its version', async () => {
    const onPrimary = await app.statementsOf(async () => {
      const { targets, statements } = await app.readsOf(() => project('planner', { text: KEPT }))
      expect(targets).toEqual(['replica'])
      expect(statements[1]).toContain('keptAnswers.versions')
    })
    expect(onPrimary).toHaveLength(3)
  })

  test('the number of statements does not depend on the size of the page', async () => {
    const path = { path: world.project.fullPath }
    const ask = (first: number) =>
      query(
        app,
        `query ($path: ID!) { group(fullPath: "nowhere") { id } project(fullPath: $path) { milestones(first: ${first}) { nodes { title project { name } } } } }`,
        path,
      )
    for (let n = 0; n < 5; n++) await create.createMilestone({ projectId: world.project.id })
    await app.caughtUp()
    const counted = async (first: number) => {
      let onReplica = 0
      const onPrimary = await app.statementsOf(async () => {
        onReplica = (await app.readsOf(() => ask(first))).statements.length
      })
      return [onPrimary.length, onReplica]
    }
    expect(await counted(5)).toEqual(await counted(1))
  })

  test('a mutation, and what it answers, reads from the primary', async () => {
    const document = `mutation ($input: MilestoneCreateInput!) { milestoneCreate(input: $input) { milestone { title project { name } } errors } }`
    const input = { projectPath: world.project.fullPath, title: 'Read back' }
    const { targets, statements } = await app.readsOf(async () => {
      const { data } = await query(app, document, { input }, { token: world.tokens.developer })
      expect(data).toMatchObject({ milestoneCreate: { milestone: { title: 'Read back' }, errors: [] } })
      const path = `/projects/${world.project.id}/milestones`
      const written = await rest(app, 'POST', path, { token: world.tokens.developer, json: { title: 'By REST' } })
      expect(written.status).toBe(201)
    })
    expect({ targets, statements }).toEqual({ targets: [], statements: [] })
  })
})

describe('while a replica replays nothing', () => {
  test('a viewer reads its own writes through any node, and others read from the replica', async () => {
    const other = await startAnotherServer(app)
    await app.whilePaused(async () => {
      expect(await milestone('Own')).toEqual([])
      for (const node of [app, other]) {
        expect(await titles('developer', node)).toContain('Own')
        expect(await restTitles('developer', node)).toContain('Own')
        expect(await titles('reporter', node)).not.toContain('Own')
        expect(await restTitles('reporter', node)).not.toContain('Own')
      }
      const { targets } = await app.readsOf(() => titles('reporter'))
      expect(targets).toEqual(['replica'])
    })
    await app.caughtUp()
    expect((await app.readsOf(() => titles('developer'))).targets).toEqual(['replica'])
    expect(await titles('reporter')).toContain('Own')
  })

  test('a viewer reads the settings of its notifications that it has just written', async () => {
    const token = world.tokens.reporter
    await app.whilePaused(async () => {
      await rest(app, 'PUT', '/notification_settings', { token, json: { level: 'watch' } })
      const { body } = await rest(app, 'GET', '/notification_settings', { token })
      expect(body.level).toBe('watch')
      expect((await app.readsOf(() => titles('reporter'))).targets).toEqual(['primary'])
    })
  })

  test('an answer that is kept is never older than what was written', async () => {
    await app.whilePaused(async () => {
      // Another name each time, because at a second try the replica has the name of the first.
      const { release } = world
      const name = `Light ${performance.now()}`
      const update = { projectPath: world.project.fullPath, tagName: release.tag, name }
      expect(await mutate(app, world.tokens.developer, 'releaseUpdate', update)).toEqual([])
      for (const viewer of ['guest', 'reporter', 'reporter'] as const) {
        const found = await project(viewer, { text: KEPT })
        expect(found?.releases.nodes.map((node) => node.name)).toEqual([name])
      }
    })
  })
})

/** What closes, who must not read then, and that the viewer has read before. */
const closings: {
  what: string
  viewer: ViewerName
  close: (of: World) => Promise<unknown>
  shown?: (found: Project) => unknown
}[] = [
  {
    what: 'a project that became private',
    viewer: 'stranger',
    close: ({ project: { fullPath }, tokens }) =>
      mutate(app, tokens.owner, 'projectUpdate', { projectPath: fullPath, visibility: 'private' }),
  },
  {
    what: 'a project that became private, to nobody',
    viewer: 'anonymous',
    close: ({ project: { fullPath }, tokens }) =>
      mutate(app, tokens.owner, 'projectUpdate', { projectPath: fullPath, visibility: 'private' }),
  },
  {
    what: 'a project that was deleted',
    viewer: 'developer',
    close: ({ project: { fullPath }, tokens }) => mutate(app, tokens.owner, 'projectDelete', { projectPath: fullPath }),
  },
  {
    what: 'a private project to a removed member',
    viewer: 'reporter',
    async close({ project: { id }, users }) {
      await db.project.update({ where: { id }, data: { visibility: 'private' } })
      await db.projectMember.deleteMany({ where: { projectId: id, userId: users.reporter.id } })
    },
  },
  {
    what: 'the name of a tag to a Guest when the code was closed',
    viewer: 'guest',
    close: ({ project: { id } }) => db.project.update({ where: { id }, data: { visibility: 'private' } }),
    shown: (found) => found?.releases.nodes.filter(({ tagName }) => tagName !== null).length || null,
  },
  {
    what: 'the name of a tag when the repository was closed to everybody',
    viewer: 'stranger',
    close: ({ project: { id } }) => db.project.update({ where: { id }, data: { repositoryLevel: 'private' } }),
    shown: (found) => found?.releases.nodes.filter(({ tagName }) => tagName !== null).length || null,
  },
  {
    what: 'a release that was deleted',
    viewer: 'stranger',
    close: ({ project: { fullPath }, release, tokens }) =>
      mutate(app, tokens.maintainer, 'releaseDelete', { projectPath: fullPath, tagName: release.tag }),
    shown: (found) => found?.releases.nodes.length || null,
  },
  {
    what: 'a milestone that was deleted',
    viewer: 'stranger',
    close: ({ project: { id } }) => db.milestone.deleteMany({ where: { projectId: id } }),
    shown: (found) => found?.milestones.nodes.length || null,
  },
]

describe('what was closed', () => {
  test.for(closings)(
    '$what is not read from a replica that lags',
    async ({ viewer, close, shown = (found) => found }) => {
      const own = await createWorld(app, { project: { visibility: 'public' } })
      const ask = async (text: string) => {
        const { data } = await query<{ project: Project }, object>(
          app,
          text,
          { path: own.project.fullPath },
          {
            token: own.tokens[viewer],
          },
        )
        return shown(data.project)
      }
      const isMilestone = close.toString().includes('milestone.')
      await app.whilePaused(async () => {
        const before = await app.readsOf(async () => expect(await ask(NAMES)).not.toBeNull())
        expect(before.targets).toEqual(['replica'])
        expect(await ask(isMilestone ? NAMES : KEPT)).not.toBeNull()
        await close(own)
        expect(await ask(NAMES)).toBeNull()
        expect(await ask(isMilestone ? NAMES : KEPT)).toBeNull()
        const { targets } = await app.readsOf(() => ask(NAMES))
        expect(targets).not.toContain('replica')
      })
    },
  )
})

describe('a replica', () => {
  const startLooking = (url: string, maxLagMs: number) => {
    const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) })
    const lines: Record<string, unknown>[] = []
    const made = createReplicas({ url, maxLagMs, log, primary: () => db })
    onTestFinished(() => made.close())
    const [replica] = made.all
    return { replica: replica as Replica, reasons: () => lines.map(({ reason, msg }) => reason ?? msg) }
  }

  test('is left out while it is too far behind, and used again', async () => {
    const { replica, reasons } = startLooking(app.standby.url, 1_000)
    await until(() => replica.isUsable)
    await app.whilePaused(async () => {
      await until(async () => {
        await milestone(`Lag ${performance.now()}`)
        return !replica.isUsable
      })
      expect(replica.lag.bytes()).toBeGreaterThan(0)
      expect(replica.lag.milliseconds()).toBeGreaterThan(1_000)
    })
    await until(() => replica.isUsable)
    expect(replica.lag.milliseconds()).toBeLessThan(2_000)
    expect(reasons()).toEqual(['a replica is used', 'it is too far behind', 'a replica is used'])
  })

  test('is left out when it follows nobody, or has another database', async () => {
    const alone = startLooking(app.primary.url, 60_000)
    const another = startLooking(app.standby.url.replace('/postgres?', '/template1?'), 60_000)
    await until(() => alone.reasons().includes('it follows no primary'))
    await until(() => another.reasons().includes('it has another database'))
    expect([alone.replica.isUsable, another.replica.isUsable]).toEqual([false, false])
  })
})

describe('a replica that fails', () => {
  /** Sends queries, 4 at a time, while the function runs, and returns the answers that are not good. */
  async function failuresDuring(work: () => Promise<unknown>): Promise<{ failures: unknown[]; sent: number }> {
    const failures: unknown[] = []
    let [sent, ended] = [0, false]
    const client = async () => {
      while (!ended) {
        sent++
        const { status, data, errors } = await query<{ project: Project }, object>(app, NAMES, {
          path: world.project.fullPath,
        })
        if (status !== 200 || errors || !data.project) failures.push({ status, errors, data })
      }
    }
    const clients = Promise.all(Array.from({ length: 4 }, client))
    try {
      await work()
    } finally {
      ended = true
      await clients
    }
    return { failures, sent }
  }

  const onStandby = (sql: string) => withConnection(app.standby.url, (client) => client.query(sql))

  test('connections that a replica ends fail no request', { timeout: 120_000 }, async () => {
    const before = app.readsTo('again')
    const { failures } = await failuresDuring(() =>
      until(async () => {
        await onStandby(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE pid <> pg_backend_pid() AND state = 'active' AND backend_type = 'client backend'`)
        return app.readsTo('again') > before
      }, 90),
    )
    expect(failures).toEqual([])
  })

  test('statements that conflict with the recovery fail no request', { timeout: 120_000 }, async () => {
    await onStandby('ALTER SYSTEM SET max_standby_streaming_delay = 0')
    await onStandby('SELECT pg_reload_conf()')
    const before = app.readsTo('again')
    const { failures } = await failuresDuring(() =>
      until(async () => {
        await db.$transaction(async (tx) => {
          await tx.$executeRaw`LOCK TABLE milestones IN ACCESS EXCLUSIVE MODE`
        })
        return app.readsTo('again') > before
      }, 90),
    )
    expect(failures).toEqual([])
  })

  test('a replica that is killed fails no request', { timeout: 120_000 }, async () => {
    const { failures, sent } = await failuresDuring(async () => {
      await setTimeout(500)
      await app.standby.kill()
      await setTimeout(3_000)
    })
    expect(failures).toEqual([])
    expect(sent).toBeGreaterThan(4)
    expect((await app.readsOf(() => titles('guest'))).targets).toEqual(['primary'])
  })
})
