import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBoundedQueue } from '../../src/foundation/bounded-queue.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { type TestApp, useApp } from '../support/app.ts'
import { createWorld, type ViewerName, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const WAIT_MS = 1000
const bounds = { running: 2, waiting: 2, perCaller: 1, longestWaitMs: WAIT_MS, what: 'uploads' }

let count = 0
const doors = {
  'files of packages': () => `packages/generic/app/1.0.0/file-${++count}`,
  'report artifacts': () => `report_artifacts/${world.release.sha}/file-${++count}`,
}
type Door = keyof typeof doors
const names = Object.keys(doors) as Door[]

const SILENCE_MS = 400

const server = (longestWaitMs = WAIT_MS) =>
  startAnotherServer(app, {
    uploads: createBoundedQueue({ ...bounds, longestWaitMs }),
    connections: { silenceMs: SILENCE_MS },
  })

function upload({ url }: TestApp, door: Door, viewer: ViewerName, body: BodyInit = 'small'): Promise<Response> {
  const headers = { 'private-token': world.tokens[viewer] ?? '', 'content-type': 'application/octet-stream' }
  const init = { method: 'PUT', headers, body, duplex: 'half' }
  return fetch(`${url}/api/v4/projects/${world.project.id}/${doors[door]()}`, init)
}

/** An upload that goes on until it is told to end. */
function slowUpload(app: TestApp, door: Door, viewer: ViewerName) {
  let ended = false
  const body = new ReadableStream({
    async pull(controller) {
      await setTimeout(20)
      controller.enqueue(new Uint8Array(1000))
      if (ended) controller.close()
    },
  })
  return { answer: upload(app, door, viewer, body), end: () => (ended = true) }
}

describe('the bound of uploads at a time', () => {
  test.for(names)('%s: an upload that waits has its turn when another upload has ended', async (door) => {
    const busy = await server(10_000)
    const first = slowUpload(busy, door, 'developer')
    await setTimeout(100)
    const second = upload(busy, door, 'developer')
    // The wait is longer than the body may stand still when the server reads it.
    expect(await Promise.race([second, setTimeout(2 * SILENCE_MS, 'waits')])).toBe('waits')
    expect((await upload(busy, door, 'maintainer')).status).toBe(201)
    first.end()
    expect((await first.answer).status).toBe(201)
    expect((await second).status).toBe(201)
  })

  test.for(names)('%s: a client that waits too long, or finds no place, is told when to come again', async (door) => {
    const busy = await server()
    const running = [slowUpload(busy, door, 'developer'), slowUpload(busy, door, 'maintainer')]
    await setTimeout(100)
    const waiting = [upload(busy, door, 'developer'), upload(busy, door, 'maintainer')]
    await setTimeout(100)
    const refused = await upload(busy, door, 'owner')
    for (const answer of [refused, ...(await Promise.all(waiting))]) {
      expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
        503,
        '1',
        { message: 'Too many uploads at a time: try again later' },
      ])
    }
    for (const { end } of running) end()
    for (const { answer } of running) expect((await answer).status).toBe(201)
    expect((await upload(busy, door, 'owner')).status).toBe(201)
  })

  test.for(names)('%s: a viewer who may not upload is told so at once', async (door) => {
    const busy = await server()
    const running = [slowUpload(busy, door, 'developer'), slowUpload(busy, door, 'maintainer')]
    await setTimeout(100)
    for (const viewer of ['guest', 'stranger'] as const) {
      expect((await upload(busy, door, viewer)).status).toBeGreaterThanOrEqual(403)
      expect((await upload(busy, door, viewer)).status).toBeLessThan(405)
    }
    for (const { end } of running) end()
    for (const { answer } of running) expect((await answer).status).toBe(201)
  })
})
