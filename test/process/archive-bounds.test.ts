import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { hostileObjects } from '../http/pages/archive-world.ts'
import { createJobProject } from './job-project.ts'
import { serve } from './serve-world.ts'
import { residentBytes, watchServer } from './watch-server.ts'

const MIB = 1024 ** 2

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0)

test('trees that name one file of 1 MB 810,000 times are refused at once, in all formats, and cost nothing', async () => {
  const project = await createJobProject()
  await db.project.update({ where: { id: project.projectId }, data: { visibility: 'public' } })
  const { writeBlob, manyFiles, manyFolders, tag } = hostileObjects(project.repository)
  const folder = await manyFiles(await writeBlob(Buffer.alloc(1_000_000)), 900)
  await tag('v1', await manyFolders(folder, 900))
  let tree = folder
  for (let depth = 0; depth < 30; depth += 1) tree = await manyFolders(tree, 3)
  await tag('v2', tree)

  const server = serve(project.env)
  const url = await server.listening()
  const before = residentBytes(server.pid)
  const seen = await watchServer({ url, pid: server.pid }, async () => {
    for (const source of ['v1', 'v2']) {
      for (const format of ['tar', 'tar.gz', 'zip', 'tar.bz2']) {
        const started = performance.now()
        const response = await fetch(`${url}/${project.path}/-/archive/${source}/x.${format}`)
        const { message } = (await response.json()) as { message: string }
        expect([response.status, message]).toEqual([413, expect.stringContaining('at most 2147483648 bytes')])
        expect(performance.now() - started).toBeLessThan(5000)
      }
    }
  })
  expect(seen.slowestMs).toBeLessThan(1000)
  expect(seen.bytes - before).toBeLessThan(100 * MIB)
  expect(sizeOf(path.join(project.env.DATA_DIR ?? '', 'archives'))).toBe(0)
})
