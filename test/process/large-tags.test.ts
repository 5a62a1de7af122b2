import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { createJobProject } from './job-project.ts'
import { serve } from './serve-world.ts'
import { residentBytes, watchServer } from './watch-server.ts'

const MIB = 1024 ** 2

test('tags are listed eight times at a time in little memory, one of them with a message of 60 MB', async () => {
  const project = await createJobProject()
  await db.project.update({ where: { id: project.projectId }, data: { visibility: 'public' } })
  const git = (args: string[], input?: Buffer) => runGit(project.repository, args, input ? { input } : {})
  const sha = (await git(['rev-parse', 'refs/heads/main'])).trim()
  const head = `object ${sha}\ntype commit\ntag large\ntagger A <a@example.com> 1700000000 +0000\n\n`
  const content = Buffer.concat([Buffer.from(head), Buffer.alloc(60_000_000, 'x')])
  const write = ['-c', 'core.compression=1', 'hash-object', '-t', 'tag', '-w', '--stdin', '--literally']
  await git(['update-ref', 'refs/tags/large', (await git(write, content)).trim()])
  await git(['update-ref', 'refs/tags/v1', sha])

  const server = serve(project.env)
  const url = await server.listening()
  const list = async () => {
    const response = await fetch(`${url}/api/v4/projects/${project.projectId}/repository/tags`)
    const tags = (await response.json()) as { name: string; message: string; target: string }[]
    expect(tags.map(({ name, message, target }) => [name, message.length, target])).toEqual(
      expect.arrayContaining([
        ['large', 0, sha],
        ['v1', 0, sha],
      ]),
    )
  }
  await list()
  const before = residentBytes(server.pid)
  const seen = await watchServer({ url, pid: server.pid }, async () => {
    for (let round = 0; round < 2; round += 1) await Promise.all(Array.from({ length: 8 }, list))
  })
  expect(seen.slowestMs).toBeLessThan(1000)
  expect(seen.bytes - before).toBeLessThan(100 * MIB)
})
