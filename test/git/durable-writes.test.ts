// What git writes to disk before a client is told that it is done.
import { execFileSync } from 'node:child_process'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { runGit } from '../../src/git/git.ts'
import { writeCommit } from '../../src/git/write-file.ts'
import { clone, commit, remoteOf } from '../http/git/git-client.ts'
import { rest } from '../http/rest/client.ts'
import { useApp } from '../support/app.ts'
import { temporaryDirectory } from '../support/git.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()
let world: World
let traces = ''

/** A git that notes what it does. */
beforeEach(async () => {
  world = await createWorld(app)
  const folder = await temporaryDirectory()
  traces = path.join(folder, 'traces')
  const git = execFileSync('which', ['git'], { encoding: 'utf8' }).trim()
  await writeFile(path.join(folder, 'git'), `#!/bin/sh\nGIT_TRACE2_EVENT='${traces}' exec ${git} "$@"\n`)
  await chmod(path.join(folder, 'git'), 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  return () => void vi.unstubAllEnvs()
})

/** How often the work lets each command of git flush a file. */
async function flushesOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  await rm(traces, { force: true })
  await work()
  const events = (await readFile(traces, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const names = new Map(events.filter(({ event }) => event === 'cmd_name').map(({ sid, name }) => [sid, name]))
  const flushes: Record<string, number> = {}
  for (const { sid, key, value } of events) {
    if (key === 'fsync/hardware-flush') flushes[names.get(sid)] = (flushes[names.get(sid)] ?? 0) + Number(value)
  }
  return flushes
}

test('the object and the ref of a tag are on the disk when its release is acknowledged', async () => {
  const releases = `/projects/${world.project.id}/releases`
  const json = { tag_name: 'v9.0.0', ref: 'main', tag_message: 'signed off' }
  const flushes = await flushesOf(async () => {
    expect((await rest(app, 'POST', releases, { token: world.tokens.maintainer, json })).status).toBe(201)
  })
  expect(flushes).toEqual({ mktag: 1, 'update-ref': 1 })
})

test('the objects and refs of a push are on the disk when it is acknowledged', async () => {
  const own = await clone(remoteOf(app, world, world.tokens.developer))
  await commit(own)
  await own.run('tag', 'v8.0.0')
  const flushes = await flushesOf(async () => {
    expect((await own.run('push', 'origin', 'HEAD:refs/heads/work', 'v8.0.0')).code).toBe(0)
  })
  // A commit and, where the file is new, its tree and its blob.
  expect(flushes['unpack-objects']).toBeGreaterThan(0)
  expect(flushes['receive-pack']).toBe(2)
})

test('the objects of a commit that the server writes are on the disk before a ref names them', async () => {
  const author = { name: 'A', email: 'a@example.com' }
  const file = { path: 'a/CHANGELOG.md', content: Buffer.from('# 1'), message: 'Changes', author }
  const directory = app.repositories.directory(world.project.id)
  const parent = (await runGit(directory, ['rev-parse', 'main'])).trim()
  const flushes = await flushesOf(async () => {
    expect(await writeCommit(directory, parent, file)).toMatch(/^[0-9a-f]{40}$/)
  })
  expect(flushes).toEqual({ 'hash-object': 4 })
})

test('a tree that the server writes is sorted as git sorts it, whatever stands beside its folders', async () => {
  const directory = app.repositories.directory(world.project.id)
  const author = { name: 'A', email: 'a@example.com' }
  let parent = (await runGit(directory, ['rev-parse', 'main'])).trim()
  const paths = ['a/z', 'a-b', 'a.b', 'a0', 'ä/b', 'a/b/c', 'a/b.c', 'a.b']
  for (const path of paths) {
    const file = { path, content: Buffer.from(path), message: path, author }
    parent = (await writeCommit(directory, parent, file)) ?? ''
  }
  await runGit(directory, ['fsck', '--strict', parent])
  const listed = await runGit(directory, ['-c', 'core.quotePath=false', 'ls-tree', '-r', '--name-only', parent])
  expect(
    listed
      .split('\n')
      .filter((name) => /^[aä]/.test(name))
      .sort(),
  ).toEqual([...new Set(paths)].sort())
})
