import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { closeFolders } from '../../src/start/private-folders.ts'
import { temporaryDirectory } from '../support/git.ts'

const log = pino({ level: 'silent' })

const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8)

test('folders that an earlier version left open are closed at the start, and DATA_DIR stays as it is', async () => {
  const dataDir = await temporaryDirectory()
  await chmod(dataDir, 0o755)
  const folders = ['repositories', 'repositories/7.git', 'archives', 'artifacts', 'packages', 'postgres']
  for (const name of folders) await mkdir(path.join(dataDir, name))
  await closeFolders(loadConfig({ DATA_DIR: dataDir }), log)
  const modes = await Promise.all(['', ...folders].map((name) => modeOf(path.join(dataDir, name))))
  expect(modes).toEqual(['755', '700', '700', '700', '700', '700', '755'])
})

test('only the repositories are closed in a folder that the operator chose', async () => {
  const [dataDir, shared] = [await temporaryDirectory(), await temporaryDirectory()]
  await chmod(shared, 0o755)
  for (const name of ['1.git', '23.git', 'other']) await mkdir(path.join(shared, name))
  await writeFile(path.join(shared, '4.git'), 'no folder')
  await closeFolders(loadConfig({ DATA_DIR: dataDir, REPOSITORIES_DIR: shared }), log)
  const modes = await Promise.all(
    ['', '1.git', '23.git', 'other', '4.git'].map((name) => modeOf(path.join(shared, name))),
  )
  expect(modes).toEqual(['755', '700', '700', '755', '644'])
})
