import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { spawnServer } from '../support/server-process.ts'
import { newDataDir } from './serve-world.ts'

/** Runs a command with a PATH that holds only this git, and returns its output, its exit code and what it made. */
async function withGit(script: string | null, args: readonly string[]) {
  const parent = await newDataDir()
  const bin = path.join(parent, 'bin')
  await mkdir(bin)
  await symlink('/bin/sh', path.join(bin, 'sh'))
  if (script !== null) {
    await writeFile(path.join(bin, 'git'), `#!/bin/sh\n${script}\n`)
    await chmod(path.join(bin, 'git'), 0o755)
  }
  const command = spawnServer({ PATH: bin, DATA_DIR: path.join(parent, 'data'), PORT: '0' }, args)
  const { code } = await command.ended
  return { code, stdout: command.stdout(), stderr: command.stderr(), made: await readdir(parent) }
}

const commands = [
  ['serve'],
  ['worker'],
  ['demo'],
  ['import', '--project', 'a/b', '--repository', '/nowhere'],
  ['project', 'create', 'a/b', '--repository', '/nowhere'],
]

describe.concurrent('a command that needs git', () => {
  const refusal = (stderr: string) => ({ code: 1, stdout: '', stderr: `${stderr}\n`, made: ['bin'] })

  test.for(commands)(
    'the command %j without git says which version it needs, before it makes anything',
    async (args) => {
      expect(await withGit(null, args)).toEqual(
        refusal('Waybill needs git 2.31 or later, and there is none in PATH: install git'),
      )
    },
  )

  test('the command serve refuses a git that is too old', async () => {
    expect(await withGit('echo git version 2.30.2', ['serve'])).toEqual(
      refusal('Waybill needs git 2.31 or later, and this is git version 2.30.2: install a newer git'),
    )
  })

  test('the command serve refuses a git that does not run', async () => {
    const reason = 'the one in PATH does not run (3)'
    expect(await withGit('exit 3', ['serve'])).toEqual(
      refusal(`Waybill needs git 2.31 or later, and ${reason}: install git`),
    )
  })
})
