import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { expectFile } from '../../src/modules/stored-files/stored-file.ts'
import { temporaryDirectory } from '../support/git.ts'
import { createElsewhere, createFiledWorld, useFilesOf } from './backup-world.ts'
import { useCommands } from './run-command.ts'

// Each test runs several commands of the operator, which open and migrate a database.
vi.setConfig({ testTimeout: 60_000 })

const commands = useCommands()
const { app } = commands

beforeEach(async () => void (await useFilesOf(app)))
afterEach(async () => {
  await db.project.deleteMany()
  for (const folder of [app.packagesDir, app.repositoriesDir]) await rm(folder, { recursive: true, force: true })
})

const HOURS_AGO = new Date(Date.now() - 2 * 60 * 60_000)

async function fileOf(key: string, content: string): Promise<string> {
  const file = path.join(app.packagesDir, key)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, content)
  return file
}

const doctor = async (...args: string[]) => {
  const { stdout, exitCode } = await commands.run('doctor', ...args)
  return { lines: stdout.trimEnd().split('\n'), exitCode }
}

test('doctor finds nothing where nothing is missing, and says how much it has checked', async () => {
  await createFiledWorld(app)
  expect(await doctor('--digests')).toEqual({
    lines: ['Checked 4 files and 1 repositories: 0 missing, 0 damaged, 0 orphaned, of which 0 removed'],
    exitCode: 0,
  })
})

test('doctor names each file that is missing, cut or changed', async () => {
  const { project } = await createFiledWorld(app)
  const where = { projectId: project.id }
  const file = await db.packageFile.findFirstOrThrow({ where: { package: where }, include: { package: true } })
  const upload = await db.upload.findFirstOrThrow({ where })
  const object = await db.lfsObject.findFirstOrThrow({ where })
  const place = (key: string) => path.join(app.packagesDir, key)
  await rename(place(file.storageKey), `${place(upload.storageKey)}-aside`)
  await writeFile(place(upload.storageKey), 'pix')
  await writeFile(place(object.storageKey), randomBytes(Number(object.size)))
  const { name, version } = file.package
  const missing = `missing: the file ${file.fileName} of the package ${name} ${version} of ${project.fullPath} (${file.storageKey})`
  const cut = `damaged: the upload a.png of ${project.fullPath} (${upload.storageKey}): it has 3 bytes, and not 6`
  const { lines, exitCode } = await doctor('--fix')
  expect(exitCode).toBe(1)
  expect(lines).toEqual(expect.arrayContaining([missing, cut]))
  expect(lines).toHaveLength(3)
  const changed = `damaged: the Git LFS object ${object.sha256} of ${project.fullPath} (${object.storageKey}): its SHA-256 is`
  expect((await doctor('--digests')).lines).toEqual(expect.arrayContaining([expect.stringContaining(changed)]))
  const { stdout } = await commands.run('doctor', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    missing: 1,
    damaged: 1,
    findings: expect.arrayContaining([{ kind: 'missing', what: missing.slice(9), mended: false }]),
  })
})

test('doctor removes what belongs to nothing and is older than an hour, and nothing else', async () => {
  const { project } = await createFiledWorld(app)
  const [old, awaited, young] = [
    await fileOf('7/old', 'x'),
    await fileOf('7/awaited', 'x'),
    await fileOf('7/young', 'x'),
  ]
  await expectFile('7/awaited')
  for (const file of [old, awaited]) await utimes(file, HOURS_AGO, HOURS_AGO)
  const own = await db.upload.findFirstOrThrow({ where: { projectId: project.id } })
  await utimes(path.join(app.packagesDir, own.storageKey), HOURS_AGO, HOURS_AGO)
  const folders = ['999.git', '998.git', '997.git.incoming-x', 'letters'].map((name) =>
    path.join(app.repositoriesDir, name),
  )
  for (const folder of folders) await mkdir(folder)
  const [alone = '', fresh = '', incoming = '', letters = ''] = folders
  for (const folder of [alone, incoming, letters, app.repositories.directory(project.id)]) {
    await utimes(folder, HOURS_AGO, HOURS_AGO)
  }
  const found = ['orphaned: the file 7/old, 1 bytes', 'orphaned: the repository 999.git']
  const before = await doctor()
  expect(before).toEqual({ lines: [...found, expect.stringContaining('2 orphaned, of which 0')], exitCode: 1 })
  const mended = await doctor('--fix')
  const removed = found.map((line) => line.replace('orphaned', 'orphaned, removed'))
  expect(mended).toEqual({ lines: [...removed, expect.stringContaining('2 orphaned, of which 2')], exitCode: 0 })
  expect([old, alone].map((place) => existsSync(place))).toEqual([false, false])
  expect([awaited, young, fresh, incoming, letters].map((place) => existsSync(place))).toEqual(Array(5).fill(true))
  expect((await doctor()).exitCode).toBe(0)
})

test('doctor names tags, commits and repositories that releases need and that are not there', async () => {
  const [tagless, commitless, broken] = [
    await createFiledWorld(app),
    await createFiledWorld(app),
    await createFiledWorld(app),
  ]
  const directory = (world: typeof tagless) => app.repositories.directory(world.project.id)
  await runGit(directory(tagless), ['update-ref', '-d', `refs/tags/${tagless.release.tag}`])
  const sha = '1'.repeat(40)
  await db.release.update({ where: { id: commitless.release.id }, data: { sha } })
  await rm(directory(broken), { recursive: true })
  const { lines, exitCode } = await doctor('--fix')
  expect(exitCode).toBe(1)
  expect(lines.slice(0, -1)).toEqual(
    expect.arrayContaining([
      `missing: the tag v1.0.0 in ${tagless.project.fullPath}`,
      `missing: the commit ${sha} of the release v1.0.0 in ${commitless.project.fullPath}`,
      expect.stringContaining(`missing: the repository ${broken.project.id}.git of ${broken.project.fullPath}`),
    ]),
  )
  expect(lines).toHaveLength(4)
})

test('copies of the folders that are older than the database lose files and tags, and doctor names them', async () => {
  await createFiledWorld(app)
  const copies = await temporaryDirectory()
  await cp(app.repositoriesDir, path.join(copies, 'repositories'), { recursive: true })
  await cp(app.packagesDir, path.join(copies, 'packages'), { recursive: true })
  const late = await createFiledWorld(app)
  const place = path.join(await temporaryDirectory(), 'backup')
  expect((await commands.run('backup', place)).exitCode).toBe(0)
  const elsewhere = await createElsewhere(commands)
  const { DATA_DIR = '', REPOSITORIES_DIR = '' } = elsewhere.env
  expect((await elsewhere.run('restore', place)).exitCode).toBe(0)
  expect((await elsewhere.run('doctor')).exitCode).toBe(0)
  for (const folder of [REPOSITORIES_DIR, path.join(DATA_DIR, 'packages')]) {
    await rm(folder, { recursive: true })
    await cp(path.join(copies, path.basename(folder)), folder, { recursive: true })
  }
  const { stdout, exitCode } = await elsewhere.run('doctor')
  expect(exitCode).toBe(1)
  expect(stdout).toContain(`missing: the repository ${late.project.id}.git of ${late.project.fullPath}`)
  expect(stdout.match(/^missing: the (?:file|upload|report artifact|Git LFS object) /gm)).toHaveLength(4)
})
