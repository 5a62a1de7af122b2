import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'

const bin = fileURLToPath(new URL('../../bin/waybill.js', import.meta.url))
const STARTS_A_PROCESS_MS = 60_000

const app = useApp()
let world: World
let directory = ''

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  directory = await mkdtemp(join(inject('scratch'), 'notes-'))
})

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

async function published(script: string, stdin = ''): Promise<string | null> {
  const { exitCode, stdout, stderr } = await shell(script, stdin)
  expect([stderr, exitCode]).toEqual(['', 0])
  return (JSON.parse(stdout) as { description: string | null }).description
}

const LATIN_1 = Buffer.from('# Änderungen\n', 'latin1')

describe('release notes that can be read', { timeout: STARTS_A_PROCESS_MS }, () => {
  test.for([
    ['process substitution', `update --description <(printf '# New\\n')`, '# New\n', ''],
    ['standard input by its name', 'update --description /dev/stdin', '# Piped\n', '# Piped\n'],
    ['standard input as a dash', 'update --notes-file -', '# Dash\n', '# Dash\n'],
    ['a named pipe', `mkfifo pipe; echo fifo > pipe & update --description pipe`, 'fifo\n', ''],
    ['a file', 'echo file > CHANGES.md; update --notes-file CHANGES.md', 'file\n', ''],
    ['a file with a byte order mark', `printf '\\xef\\xbb\\xbf# Ä' > bom.md; update --description bom.md`, '# Ä', ''],
  ])('the notes are read from %s', async ([, script = '', expected, stdin]) => {
    expect(await published(script, stdin)).toBe(expected)
  })

  test('words that name no file are the notes, and a folder of that name does not count', async () => {
    await mkdir(join(directory, 'words'))
    expect(await published('update --description words')).toBe('words')
  })
})

describe('release notes that cannot be read', { timeout: STARTS_A_PROCESS_MS }, () => {
  const refusal = (line: string) => ({ exitCode: 1, stdout: '', stderr: `${line}\n` })

  test.for([
    ['a --notes-file that is missing', 'update --notes-file none.md', 'none.md: there is no such file'],
    ['a --notes-file that is a folder', 'mkdir -p folder; update --notes-file folder', 'folder: it is a folder'],
    ['a descriptor that is closed', 'update --description /dev/fd/77', '/dev/fd/77: there is no such file'],
  ])('the notes of %s are refused', async ([, script = '', reason]) => {
    expect(await shell(script)).toEqual(refusal(`Cannot read the release notes from ${reason}`))
  })

  test('a text that is not UTF-8 is refused with the place of its first wrong byte', async () => {
    await writeFile(join(directory, 'latin.md'), LATIN_1)
    const line = (file: string) => `The release notes in ${file} are not UTF-8 (at byte 2): save them as UTF-8`
    expect(await shell('update --description latin.md')).toEqual(refusal(line('latin.md')))
    expect(await shell('update --notes-file -', LATIN_1)).toEqual(refusal(line('-')))
  })

  test('an endless text is refused', async () => {
    expect(await shell('update --description /dev/zero')).toEqual(
      refusal('The release notes in /dev/zero are too long (maximum is 1000000 characters)'),
    )
  })

  test('two sources of notes are refused', async () => {
    const { exitCode, stderr } = await shell('update --notes-file a --description b')
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
