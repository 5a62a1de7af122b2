import { chmod, mkdtemp, readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, inject } from 'vitest'
import type { Demo } from '../../src/demo/demo-file.ts'
import { spawnServer } from '../support/server-process.ts'

type DemoServer = { url: string; tokens: Demo['tokens'] }

/** The built server of a test file, with the demo of a first start. */
export function useDemoServer(settings: Record<string, string> = {}): DemoServer {
  const demo = {} as DemoServer
  let stop = async () => {}

  beforeAll(async () => {
    const dataDir = await mkdtemp(path.join(inject('scratch'), 'browser-'))
    // Root runs PostgreSQL as another user, who must be able to enter.
    await chmod(dataDir, 0o755)
    const server = spawnServer({ DATA_DIR: dataDir, PORT: '0', ...settings })
    stop = async () => {
      server.kill('SIGTERM')
      await server.ended
    }
    demo.url = await server.listening()
    demo.tokens = (JSON.parse(await readFile(path.join(dataDir, 'demo.json'), 'utf8')) as Demo).tokens
  })
  afterAll(() => stop())
  return demo
}
