import { randomBytes } from 'node:crypto'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import { temporaryDirectory } from '../support/git.ts'
import { contentsOf, createElsewhere, createFiledWorld, useFilesOf } from './backup-world.ts'
import { useCommands } from './run-command.ts'

const commands = useCommands()
const { app } = commands

beforeEach(async () => void (await useFilesOf(app)))

const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()

test('a restored backup has every row, job, ref and file, also as a role without rights elsewhere', async () => {
  await createFiledWorld(app)
  const place = path.join(await temporaryDirectory(), 'backup')
  expect(await commands.run('backup', place)).toMatchObject({ stderr: '', exitCode: 0 })
  const before = await contentsOf(app.databaseUrl, app.repositoriesDir)
  const elsewhere = await createElsewhere(commands)
  const { DATABASE_URL = '', DATA_DIR = '', REPOSITORIES_DIR = '' } = elsewhere.env
  expect(await elsewhere.run('restore', place)).toMatchObject({ stderr: '', exitCode: 0 })
  expect(await contentsOf(DATABASE_URL, REPOSITORIES_DIR)).toEqual(before)
  expect(await filesIn(path.join(DATA_DIR, 'packages'))).toEqual(await filesIn(app.packagesDir))
  const checked = await elsewhere.run('doctor', '--digests', '--json')
  expect(JSON.parse(checked.stdout)).toMatchObject({ missing: 0, damaged: 0, orphaned: 0 })
  expect(checked).toMatchObject({ stderr: '', exitCode: 0 })
})
