import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'
import { releaseCommands, withoutPipeline } from './release-world.ts'
import type { Ran } from './run-command.ts'

const bin = fileURLToPath(new URL('../../bin/waybill.js', import.meta.url))
const STARTS_A_PROCESS_MS = 60_000

const app = useApp()
let world: World
let directory = ''

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  directory = await mkdtemp(join(inject('scratch'), 'notes-'))
  const before = process.cwd()
  process.chdir(directory)
  return () => process.chdir(before)
})
withoutPipeline()

/** A line of a script of a pipeline, in which `waybill` is the command line. */
async function shell(script: string, stdin: string | Uint8Array = '') {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, NODE: process.execPath, BIN: bin, TMP: directory, PROJECT: world.project.fullPath }
  const tokens = { WAYBILL_URL: app.url, WAYBILL_TOKEN: world.tokens.maintainer ?? '' }
  const command = `waybill() { "$NODE" "$BIN" "$@"; }
    update() { waybill release update --project "$PROJECT" --tag-name v1.0.0 --json "$@"; }
    cd "$TMP"; ${script}`
  const child = spawn('bash', ['-c', command], { env: { ...env, ...tokens }, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(stdin)
  const [[exitCode], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { exitCode, stdout, stderr }
}

/** The same in this process, which takes a fraction of the time: for notes that no shell has to hand over. */
const update = (...args: string[]) =>
  releaseCommands(app, world).run('update', '--tag-name', 'v1.0.0', '--json', ...args)

function notesIn({ exitCode, stdout, stderr }: Ran): string | null {
  expect([stderr, exitCode]).toEqual(['', 0])
  return (JSON.parse(stdout) as { description: string | null }).description
}

/** Runs a script that makes the file; a pipe is only written when the command reads it. */
async function prepare(script: string): Promise<void> {
  const child = spawn('bash', ['-c', `${script}\nwait`], { cwd: directory, stdio: 'ignore' })
  if (script.endsWith('&')) await expect.poll(() => existsSync(join(directory, 'pipe'))).toBe(true)
  else await once(child, 'close')
}

const LATIN_1 = Buffer.from('# Änderungen\n', 'latin1')

describe('release notes that can be read', { timeout: STARTS_A_PROCESS_MS }, () => {
  test.for([
    ['process substitution', `update --description <(printf '# New\\n')`, '# New\n', ''],
    ['standard input by its name', 'update --description /dev/stdin', '# Piped\n', '# Piped\n'],
    ['standard input as a dash', 'update --notes-file -', '# Dash\n', '# Dash\n'],
  ])('the notes are read from %s', async ([, script = '', expected, stdin]) => {
    expect(notesIn(await shell(script, stdin))).toBe(expected)
  })

  test.for([
    ['a named pipe', 'mkfifo pipe; echo fifo > pipe &', ['--description', 'pipe'], 'fifo\n'],
    ['a file', 'echo file > CHANGES.md', ['--notes-file', 'CHANGES.md'], 'file\n'],
    ['a file with a byte order mark', `printf '\\xef\\xbb\\xbf# Ä' > bom.md`, ['--description', 'bom.md'], '# Ä'],
  ] as const)('the notes are read from %s', async ([, script, args, expected]) => {
    await prepare(script)
    expect(notesIn(await update(...args))).toBe(expected)
  })

  test('words that name no file are the notes, and a folder of that name does not count', async () => {
    await mkdir(join(directory, 'words'))
    expect(notesIn(await update('--description', 'words'))).toBe('words')
  })
})

describe('release notes that cannot be read', { timeout: STARTS_A_PROCESS_MS }, () => {
  const refusal = (line: string) => ({ exitCode: 1, stdout: '', stderr: `${line}\n` })

  test.for([
    ['a --notes-file that is missing', ['--notes-file', 'none.md'], 'none.md: there is no such file'],
    ['a --notes-file that is a folder', ['--notes-file', 'folder'], 'folder: it is a folder'],
    ['a descriptor that is closed', ['--description', '/dev/fd/777'], '/dev/fd/777: there is no such file'],
  ] as const)('the notes of %s are refused', async ([, args, reason]) => {
    await mkdir(join(directory, 'folder'), { recursive: true })
    expect(await update(...args)).toEqual(refusal(`Cannot read the release notes from ${reason}`))
  })

  test('a text that is not UTF-8 is refused with the place of its first wrong byte', async () => {
    await writeFile(join(directory, 'latin.md'), LATIN_1)
    const line = (file: string) => `The release notes in ${file} are not UTF-8 (at byte 2): save them as UTF-8`
    expect(await update('--description', 'latin.md')).toEqual(refusal(line('latin.md')))
    expect(await shell('update --notes-file -', LATIN_1)).toEqual(refusal(line('-')))
  })

  test('an endless text is refused', async () => {
    expect(await update('--description', '/dev/zero')).toEqual(
      refusal('The release notes in /dev/zero are too long (maximum is 1000000 characters)'),
    )
  })

  test('two sources of notes are refused', async () => {
    const { exitCode, stderr } = await update('--notes-file', 'a', '--description', 'b')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--notes-file <file>')])
  })

  test('an argument that is not UTF-8 is refused', async () => {
    expect(await shell(`update --description $'caf\\xe9'`)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Argument \d+ is not UTF-8 \(at byte 3\)\n$/),
    })
    expect(await db.release.count({ where: { description: { contains: '�' } } })).toBe(0)
  })
})
