import { execFile } from 'node:child_process'
import { chmod, lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { initRepository, mirrorRepository } from '../../../src/git/mirror-repository.ts'
import { useApp } from '../../support/app.ts'
import { createRepository, temporaryDirectory } from '../../support/git.ts'
import { createWorld } from '../../support/world.ts'
import { clone, commit, git, remoteOf } from './git-client.ts'

const app = useApp()

const isRoot = process.getuid?.() === 0

/** The files and folders that other accounts may use in any way, as `<path> <mode>`. */
async function openToOthers(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  const all = await Promise.all(
    [folder, ...names.map((name) => path.join(folder, name))].map(async (file) => ({ file, found: await lstat(file) })),
  )
  return all
    .filter(({ found }) => found.mode & 0o077)
    .map(({ file, found }) => `${path.relative(folder, file)} ${found.mode.toString(8)}`)
}

/** Says whether another account of this machine could read the file if all folders above it were open. */
async function othersRead(file: string): Promise<boolean> {
  const read = promisify(execFile)('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', 'cat', file])
  return read.then(
    () => true,
    ({ stderr }: { stderr: string }) => {
      expect(stderr).toContain('Permission denied')
      return false
    },
  )
}

/** Sets the umask that most accounts have, with which everybody may read new files. */
function openUmask() {
  const before = process.umask(0o022)
  onTestFinished(() => void process.umask(before))
}

test('a repository is for the account of the server alone, and so is all that pushes and clean-ups make in it', async () => {
  openUmask()
  const world = await createWorld(app, { project: { visibility: 'private' } })
  const dir = app.repositories.directory(world.project.id)
  // The repository of the world is a copy, so this one is made as the server makes the repository of a project.
  const made = path.join(await temporaryDirectory(), '1.git')
  await initRepository(made)
  expect(await openToOthers(made)).toEqual([])

  await runGit(dir, ['config', 'receive.unpackLimit', '1'])
  const own = await clone(remoteOf(app, world, world.tokens.maintainer))
  await chmod(dir, 0o700)
  const before = new Set(await readdir(dir, { recursive: true }))
  await commit(own)
  await own.run('tag', '-a', 'v2', '-m', 'Two')
  await own.run('branch', 'folder/new')
  expect((await own.run('push', 'origin', 'main', 'folder/new', 'v2')).code).toBe(0)
  const packed = (await readdir(path.join(dir, 'objects/pack'))).filter((name) => name.endsWith('.pack'))
  expect(packed).not.toEqual([])
  const isNew = (line: string) => !before.has(line.split(' ')[0] ?? '')
  expect((await openToOthers(dir)).filter(isNew)).toEqual([])
  await runGit(dir, ['gc', '--quiet'])
  expect((await openToOthers(dir)).filter(isNew)).toEqual([])
})

test('a mirror is for the account of the server alone', async () => {
  openUmask()
  const folder = await temporaryDirectory()
  const { dir } = await createRepository(path.join(folder, 'source.git'), { commits: 3, tags: ['v1'] })
  const mirror = path.join(folder, 'mirror.git')
  await mirrorRepository(dir, mirror)
  expect(await openToOthers(mirror)).toEqual([])
  await runGit(dir, ['tag', 'v2', 'main'])
  await mirrorRepository(dir, mirror)
  expect(await openToOthers(mirror)).toEqual([])
})

test.runIf(isRoot)('another account of the machine cannot read a repository', async () => {
  openUmask()
  const folder = await temporaryDirectory()
  await chmod(folder, 0o755)
  const dir = path.join(folder, '1.git')
  await git(folder, 'init', '--quiet', '--bare', dir)
  expect(await othersRead(path.join(dir, 'HEAD'))).toBe(true)
  const own = path.join(folder, '2.git')
  await initRepository(own)
  expect(await othersRead(path.join(own, 'HEAD'))).toBe(false)
})
