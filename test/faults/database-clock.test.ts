import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { newDataDir, readDemo, serve } from '../process/serve-world.ts'
import { ask } from '../support/server-process.ts'

const ahead = fileURLToPath(new URL('clock-ahead.mjs', import.meta.url))

test('a server with a clock three seconds ahead writes the time of the database', async () => {
  const dataDir = await newDataDir()
  const server = serve({ DATA_DIR: dataDir, NODE_OPTIONS: `--import=${ahead}` })
  const url = await server.listening()
  const { tokens } = JSON.parse(JSON.stringify(await readDemo(dataDir))) as { tokens: Record<string, string> }
  const token = Object.values(tokens).at(-1) ?? ''
  const release = 'release { tagName upcomingRelease historicalRelease releasedAt createdAt }'
  const created = await ask<{ releaseCreate: { errors: string[]; release: Record<string, unknown> } }>(
    url,
    `mutation { releaseCreate(input: {projectPath: "demo/waybill", tagName: "v99.0.0", ref: "main"}) { errors ${release} } }`,
    tokens.maintainer ?? token,
  )
  expect(created).toMatchObject({
    data: { releaseCreate: { errors: [], release: { upcomingRelease: false, historicalRelease: false } } },
  })
  const { releasedAt } = created.data.releaseCreate.release as { releasedAt: string }
  expect(new Date(releasedAt).getTime()).toBeLessThanOrEqual(Date.now())
  const latest = await ask<{ project: { latestRelease: { tagName: string } } }>(
    url,
    '{ project(fullPath: "demo/waybill") { latestRelease(includeUpcoming: false) { tagName } } }',
  )
  expect(latest.data.project.latestRelease.tagName).toBe('v99.0.0')
})
