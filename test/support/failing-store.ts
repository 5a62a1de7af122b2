import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import S3rver from 's3rver'
import { afterAll, beforeAll, inject, vi } from 'vitest'
import { createStorage } from '../../src/storage/create-storage.ts'
import { StorageLocation } from '../../src/storage/storage-location.ts'
import { startAnotherServer } from './another-server.ts'
import type { TestApp } from './app.ts'

export type Fault = (request: IncomingMessage, response: ServerResponse) => void

/** A store that works, behind a server that can be told to fail. */
async function startStore() {
  const directory = path.join(inject('scratch'), 'failing-s3')
  const store = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory },
    configureBuckets: [{ name: 'packages', configs: [] }],
  })
  const { port } = await store.run()
  const state: { fault: Fault | null } = { fault: null }
  const front = createServer((sent, response) => {
    if (state.fault) return state.fault(sent, response)
    const onward = request({ host: '127.0.0.1', port, method: sent.method, path: sent.url, headers: sent.headers })
    onward.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers)))
    sent.pipe(onward).on('error', () => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(front, 'listening')
  const close = async () => {
    front.closeAllConnections()
    front.close()
    await store.close()
  }
  return { state, url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, close }
}

/** A store for the test file, and servers that keep their files in it. */
export function useFailingStore(app: TestApp) {
  let store: Awaited<ReturnType<typeof startStore>>
  beforeAll(async () => {
    // The credentials that the store knows.
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER')
    store = await startStore()
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await store.close()
  })
  const serverOn = (endpoint: string): Promise<TestApp> => {
    const storage = StorageLocation.parse(`s3://packages?endpoint=${endpoint}`) ?? null
    return startAnotherServer(app, { storage: createStorage({ dataDir: app.packagesDir, storage }) })
  }
  return {
    serverOn,
    server: (): Promise<TestApp> => serverOn(store.url),
    failBy: (fault: Fault | null): void => {
      store.state.fault = fault
    },
  }
}
