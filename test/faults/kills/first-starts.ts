// Kills during the first start on an empty folder. The next start must still make the demo projects.
import { rm } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { newDataDir, readDemo } from '../../process/serve-world.ts'
import { ask, spawnServer } from '../../support/server-process.ts'
import { BRICKED_MS, killNow, postmasterOf } from './stand.ts'

const start = (dataDir: string) => spawnServer({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn' })

/** The time that a first start takes on this machine, so that kills hit every part of it. */
export async function timeOfFirstStart(): Promise<number> {
  const dataDir = await newDataDir()
  const started = performance.now()
  const server = start(dataDir)
  await server.listening()
  const ms = performance.now() - started
  server.kill('SIGTERM')
  await server.ended
  await rm(dataDir, { recursive: true })
  return ms
}

type Count = { data: { project: { releases: { count: number } } | null } }

async function worksAfterwards(dataDir: string): Promise<string | null> {
  const server = start(dataDir)
  const url = await Promise.race([server.listening(), setTimeout(BRICKED_MS, null)]).catch(() => null)
  try {
    if (url === null) return `does not start: ${server.stderr().slice(-1000)}`
    const { tokens } = await readDemo(dataDir)
    for (const path of ['demo/waybill', 'demo/secret']) {
      const query = `{ project(fullPath: "${path}") { releases { count } } }`
      const { data } = (await ask(url, query, tokens.owner)) as Count
      if ((data.project?.releases.count ?? 0) < 8) return `${path} is not whole: ${JSON.stringify(data)}`
    }
    return null
  } finally {
    server.kill('SIGTERM')
    await server.ended
  }
}

/** Null when nothing was wrong afterwards. */
export async function killFirstStart(victim: 'server' | 'PostgreSQL', afterMs: number): Promise<string | null> {
  const dataDir = await newDataDir()
  const server = start(dataDir)
  await setTimeout(afterMs)
  if (victim === 'PostgreSQL') killNow(await postmasterOf(dataDir))
  else server.kill('SIGKILL')
  // A server whose database was killed either ends or serves. Then it is killed as well.
  if (victim === 'PostgreSQL')
    await Promise.race([server.ended, server.listening(), setTimeout(BRICKED_MS)]).catch(() => null)
  server.kill('SIGKILL')
  await server.ended
  const problem = await worksAfterwards(dataDir)
  if (problem === null) await rm(dataDir, { recursive: true })
  return problem && `first start, ${victim} killed after ${Math.round(afterMs)} ms: ${problem}`
}
