import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Clone, cloneRepository, remoteOf, run, startRepository } from './run-program.ts'
import { createProject, jobToken, useWaybill } from './waybill.ts'

const waybill = useWaybill()

const film = randomBytes(11 * 1024 ** 2)

/** The clean and smudge filters of this clone alone. */
const useLfs = (clone: Clone) => clone.git('lfs', 'install', '--local')

/** What git holds in place of a large file. */
const pointerOf = (content: Buffer) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${createHash('sha256').update(content).digest('hex')}\nsize ${content.length}\n`

let project: string
beforeAll(async () => {
  project = await createProject(waybill, 'films')
  const desk = await startRepository(remoteOf(waybill.url, project, waybill.tokens.developer))
  await useLfs(desk)
  await desk.git('lfs', 'track', '*.film')
  await writeFile(path.join(desk.dir, 'harbour.film'), film)
  await desk.push('feat: a film', { 'README.md': '# Films' })
})

test('git-lfs pushes a large file, and clones it again', async () => {
  const own = await cloneRepository(remoteOf(waybill.url, project, waybill.tokens.reporter))
  expect(await readFile(path.join(own.dir, 'harbour.film'), 'utf8')).toBe(pointerOf(film))
  await useLfs(own)
  await own.git('lfs', 'pull')
  expect((await readFile(path.join(own.dir, 'harbour.film'))).equals(film)).toBe(true)
  expect(await own.git('lfs', 'fsck')).toMatch(/OK/)
})

test('a pipeline pushes a large file with its job token', async () => {
  const own = await cloneRepository(remoteOf(waybill.url, project, await jobToken(waybill, project), 'gitlab-ci-token'))
  await useLfs(own)
  await writeFile(path.join(own.dir, 'storm.film'), 'thunder')
  await own.push('feat: another film', {}, 'main')
  const { code, output } = await run('git', ['lfs', 'ls-files'], { cwd: own.dir })
  expect([code, output]).toEqual([0, expect.stringContaining('storm.film')])
})

test('git-lfs tells a Reporter that a push is not allowed', async () => {
  const own = await cloneRepository(remoteOf(waybill.url, project, waybill.tokens.reporter))
  await useLfs(own)
  await writeFile(path.join(own.dir, 'secret.film'), 'never')
  await expect(own.push('feat: no film', {})).rejects.toThrow(/not allowed|403/)
})
