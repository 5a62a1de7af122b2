import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { work } from '../../jobs/job-world.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { mutate } from '../../support/mutate.ts'
import {
  contentsOf,
  emptyTarget,
  ended,
  fullSource,
  importFrom,
  importInput,
  shown,
  startProxy,
  written,
} from './import-world.ts'

const app = useApp({ rateLimits: null, allowedPrivateAddresses: ['0.0.0.0/0', '::/0'] })

test('an import goes on where the source broke off', { timeout: 60_000 }, async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  let isBroken = true
  const proxy = await startProxy(app, (path) => (isBroken && path.includes('/releases?') ? 'cut' : null))
  const first = await importFrom(app, proxy, source, target)
  expect(first).toMatchObject({ state: 'FAILED', error: expect.stringContaining('breaks off: import again later') })
  expect(await db.milestone.count({ where: { projectId: target.project.id } })).toBe(1)
  expect(await db.release.count({ where: { projectId: target.project.id } })).toBe(0)

  isBroken = false
  const second = await importFrom(app, proxy, source, target)
  expect(second.state).toBe('FINISHED')
  expect(written(second)).toMatchObject({ MILESTONE: '0 0 1', ISSUE: '0 0 2', PACKAGE_FILE: '0 0 1', RELEASE: '3 0 0' })
})

test('an import waits as long as the source asks it to', { timeout: 60_000 }, async () => {
  const source = await fullSource(app)
  await work(app)
  const askedAt: number[] = []
  const slow = await startProxy(app, (path) => {
    if (!path.includes('/milestones')) return null
    return askedAt.push(performance.now()) === 1 ? 429 : null
  })
  expect((await importFrom(app, slow, source, await emptyTarget(app))).state).toBe('FINISHED')
  expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).toBeGreaterThan(990)
})

test('a worker that is stopped in the middle leaves an import that the next worker completes', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  let reach = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  let holds = true
  const proxy = await startProxy(app, (path) => {
    if (holds && path.includes('/releases?')) reach()
    return holds && path.includes('/releases?') ? 503 : null
  })
  const worker = await work(app)
  expect(await mutate(app, target.token, 'projectImport', importInput(proxy, source, target))).toEqual([])
  const again = await mutate(app, target.token, 'projectImport', importInput(proxy, source, target))
  expect(again).toEqual(['An import into the project is running'])
  await reached
  await worker.stop()
  expect(await shown(app, target)).toMatchObject({ state: 'RUNNING', error: null })
  holds = false
  await db.$executeRaw`UPDATE graphile_worker._private_jobs SET run_at = now()`
  await work(app)
  expect(await ended(app, target)).toMatchObject({ state: 'FINISHED', left: [] })
  expect(await contentsOf(target.project)).toEqual(await contentsOf(source.project))
})

test('an import without access fails, and neither names the token nor tells a hidden project from a missing one', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  const worker = await work(app)
  const stranger = await create.tokenFor(await create.createUser())
  const hidden = await importFrom(app, app, source, target, { token: stranger })
  const missing = await importFrom(app, app, source, target, { token: stranger, sourcePath: 'no/project' })
  expect(hidden).toMatchObject({
    state: 'FAILED',
    error: `${app.url} has no project '${source.project.fullPath}', or the token may not read it`,
  })
  expect(missing.error).toBe(hidden.error?.replace(source.project.fullPath, 'no/project'))
  const wrong = await importFrom(app, app, source, target, { token: 'wbt_not-a-token' })
  expect(wrong.error).toBe(`${app.url} does not accept the token`)
  expect(JSON.stringify([hidden, wrong, worker.logged(), app.logged()])).not.toMatch(/not-a-token|wbt_/)
})

test('the job of an import asks no private address, by number or by name, nor follows a redirect to another server', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  const careful = await work(app, { allowed: [] })
  const { port } = new URL(app.url)
  for (const host of ['10.1.2.3', '[fd00::1]', '169.254.169.254', '0.0.0.0', '127.0.0.1', 'localhost', '2130706433']) {
    const { error } = await importFrom(app, { url: `http://${host}:${port}` }, source, target)
    expect(error).toContain('is at a private address')
  }
  await careful.stop()
  await work(app)
  const server = createServer((_request, response) =>
    response.writeHead(302, { location: `http://localhost:${port}/` }).end(),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect((await importFrom(app, { url }, source, target, { kind: 'GITLAB' })).error).toContain(
    `leads to http://localhost:${port}`,
  )
})

test('git is not led to another server', async () => {
  const source = await fullSource(app)
  // The other server would ask for the token, which git does not send there.
  await db.project.update({ where: { id: source.project.id }, data: { visibility: 'public' } })
  const target = await emptyTarget(app)
  await work(app)
  const proxy = await startProxy(app, (path) => (path.includes('.git/') ? 302 : null))
  const { state, error } = await importFrom(app, proxy, source, target)
  expect([state, error]).toEqual(['FAILED', expect.stringContaining('git fetch failed')])
})

test('an import fails when its account loses its role', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  expect(await mutate(app, target.token, 'projectImport', importInput(app, source, target))).toEqual([])
  await db.projectMember.updateMany({ where: { userId: target.user.id }, data: { role: 30 } })
  await work(app)
  const row = () => db.projectImport.findUniqueOrThrow({ where: { projectId: target.project.id } })
  await expect.poll(async () => (await row()).state, { timeout: 10_000 }).toBe('failed')
  expect((await row()).error).toContain("you don't have permission")
  expect(await db.release.count({ where: { projectId: target.project.id } })).toBe(0)
})
