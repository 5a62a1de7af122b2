import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { spawnServer } from '../support/server-process.ts'
import { newDataDir } from './serve-world.ts'

/** Runs a command on a machine without a server, and returns its output, its exit code and what it made. */
async function elsewhere(args: readonly string[]) {
  const parent = await newDataDir()
  const command = spawnServer({ DATA_DIR: path.join(parent, 'data') }, args)
  const { code } = await command.ended
  return { code, stdout: command.stdout(), stderr: command.stderr(), made: await readdir(parent) }
}

const project = ['--project', 'a/b']

const operators = [
  ['worker'],
  ['import', ...project, '--repository', '/nowhere'],
  ['user', 'create', 'ada'],
  ['token', 'create', '--user', 'ada'],
  ['token', 'job', ...project, '--pipeline'],
  ['project', 'create', 'a/b', '--repository', '/nowhere'],
  ['evidence', 'rotate-key'],
]

const askers = [
  ['release', 'list', ...project],
  ['freeze', 'status', ...project],
  ['freeze', 'list', ...project],
  ['evidence', 'export', ...project, '--tag', 'v1'],
  ['token', 'create'],
  ['token', 'job', ...project],
  ['group', 'create', 'a'],
  ['project', 'create', 'a/b'],
  ['member', 'set', 'ada', ...project, '--role', 'guest'],
  ['milestone', 'create', 'One', ...project],
  ['issue', 'create', 'One', ...project],
]

describe.concurrent('a command without a database', () => {
  test.for(operators)('the command %j says where a database would have to be, and makes none', async (args) => {
    expect(await elsewhere(args)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^There is no database in \S+\/data: .*DATA_DIR or DATABASE_URL.*\n$/),
      made: [],
    })
  })

  test.for(askers)('the command %j asks for a server', async (args) => {
    const stderr = 'Which server? Give --server, or set WAYBILL_URL\n'
    expect(await elsewhere(args)).toEqual({ code: 2, stdout: '', stderr, made: [] })
  })
})
