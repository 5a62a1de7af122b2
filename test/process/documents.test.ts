import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRepository } from '../support/git.ts'
import { ask } from '../support/server-process.ts'
import { newDataDir, takePort, until } from './serve-world.ts'
import { examplesIn, type Snippet, snippetsOf } from './snippets.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const TIMEOUT_MS = 300_000
const GENERATED = 'command-line.md'

const pages = [
  'README.md',
  ...(await readdir(path.join(root, 'docs/guide')))
    .filter((name) => name !== GENERATED)
    .map((name) => `docs/guide/${name}`),
]
const snippets = new Map<string, Snippet[]>()
for (const page of pages) snippets.set(page, await snippetsOf(path.join(root, page)))
const all = [...snippets.values()].flat()

let clone = ''
let port = 0
let url = ''
let server: ChildProcess

/** The clone of a newcomer, built and without data, and beside it the repository that the guide imports. */
async function newClone(): Promise<string> {
  const above = await newDataDir()
  const folder = path.join(above, 'waybill')
  await mkdir(folder)
  const files = (await readdir(root)).filter((name) => !name.startsWith('.') && name !== 'test')
  for (const name of files) await symlink(path.join(root, name), path.join(folder, name))
  await createRepository(path.join(above, 'some', 'repository'), { commits: 1, tags: ['v1'] })
  return folder
}

function environment(extra: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, GIT_TERMINAL_PROMPT: '0', ...extra }
}

/** Runs `npm start` at a port that is free here. The documents have 4000. */
beforeAll(async () => {
  clone = await newClone()
  const taken = await takePort()
  await taken.release()
  port = taken.port
  url = `http://127.0.0.1:${port}`
  server = spawn('npm', ['start'], { cwd: clone, env: environment({ PORT: String(port) }) })
  let written = ''
  server.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    written += piece
  })
  await until(() => written.includes('Waybill is listening.'))
}, TIMEOUT_MS)

afterAll(async () => {
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
})

const isScript = ({ text: script }: Snippet) => script.startsWith('#!')

/**
 * One shell runs all snippets of a page, because later snippets use what earlier ones export. A snippet that begins with #! is
 * a program of its own.
 */
async function session(page: string, commands: readonly Snippet[]): Promise<string> {
  const lines = commands.map(async (snippet, at) => {
    const file = path.join(path.dirname(clone), `${page.replaceAll('/', '-')}-${at}`)
    await writeFile(file, snippet.text.replaceAll('127.0.0.1:4000', `127.0.0.1:${port}`))
    await chmod(file, 0o755)
    const run = isScript(snippet) ? `${examplesIn(snippet.text).join(' ')} ${file}` : `. ${file}`
    return `echo '@@ ${page}:${snippet.line}' >&2; echo '@@ ${page}:${snippet.line}'; ${run}`
  })
  return `set -eo pipefail\n${(await Promise.all(lines)).join('\n')}\necho '@@ end'\n`
}

/** In place of `npx waybill`, which looks for the program for a second each time. The last test takes the real one. */
async function fastNpx(): Promise<string> {
  const folder = path.join(path.dirname(clone), 'npx')
  await mkdir(folder, { recursive: true })
  const real = `PATH="\${PATH#*:}" exec npx "$@"`
  const script = `#!/bin/sh\n[ "$1" = waybill ] || { ${real}; }\nshift\nexec node '${clone}/bin/waybill.js' "$@"\n`
  await writeFile(path.join(folder, 'npx'), script, { mode: 0o755 })
  return folder
}

async function runShell(script: string, env: Record<string, string> = {}) {
  const shell = spawn('bash', ['-c', script], { cwd: clone, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
  const [[code], stdout, stderr] = await Promise.all([once(shell, 'close'), text(shell.stdout), text(shell.stderr)])
  return { code, stdout, stderr }
}

/** What a snippet printed, by the line on which it begins. */
const sections = (output: string) =>
  new Map(
    output
      .split(/^@@ /m)
      .slice(1)
      .map((part) => {
        const [name = '', ...printed] = part.split('\n')
        return [name, printed.join('\n')]
      }),
  )

/** Runs the page to its end without an error, and returns what it printed. */
async function runPage(page: string): Promise<string> {
  const commands = (snippets.get(page) ?? []).filter(({ language }) => language === 'sh')
  const PATH = `${await fastNpx()}:${process.env.PATH}`
  const { code, stdout, stderr } = await runShell(await session(page, commands), { PATH })
  expect(stderr.split(/^@@ /m).at(-1)).not.toMatch(/rror|annot/)
  expect({ code, ended: stdout.trimEnd().endsWith('@@ end') }).toEqual({ code: 0, ended: true })
  for (const [name, printed] of sections(stdout)) {
    expect(`${name} ${printed}`).not.toMatch(/"errors":\[[^\]]/)
  }
  return stdout
}

const read = (file: string) => readFile(path.join(clone, file), 'utf8')

describe('the README and the guide', () => {
  test('the README has commands, the map, and commands for a terminal of their own', () => {
    const own = snippets.get('README.md') ?? []
    expect(new Set(own.map(({ language }) => language))).toEqual(new Set(['sh', 'console', '']))
    // Each of these commands would install or test the tree that is being tested.
    const terminal = own.filter(({ language }) => language === 'console').map(({ text: command }) => command)
    expect(terminal).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n'])
    // The map of the folders.
    expect(own.filter(({ language }) => language === '')).toHaveLength(1)
  })

  test('the guide has commands and queries', () => {
    const guide = pages.slice(1).flatMap((page) => snippets.get(page) ?? [])
    // The program in JavaScript is run by test/docs/webhook-receiver.test.ts.
    expect(new Set(guide.map(({ language }) => language))).toEqual(new Set(['sh', 'graphql', 'js']))
  })
})

describe('the documents on the demo of a first start', { timeout: TIMEOUT_MS }, () => {
  const printed = new Map<string, string>()

  test.for(pages)('the page %s works as it stands, from top to bottom', async (page) => {
    printed.set(page, await runPage(page))
  })

  test('the subscription of the guide sends the release that is created meanwhile', () => {
    const event = 'event: next\ndata: {"data":{"releasePublished":{"name":"v1.4.0","tagName":"v1.4.0"}}}'
    expect(printed.get('docs/guide/graphql.md')).toContain(event)
  })

  test('the downloaded file is the file that was uploaded', async () => {
    const uploaded = await readFile(path.join(root, 'README.md'), 'utf8')
    expect(await read('downloads/README.md')).toBe(uploaded)
    expect(await read('downloads/manual')).toBe(uploaded)
  })

  test('the data of an account that leaves are the data of that account', async () => {
    const { account } = JSON.parse(await read('sam.json'))
    expect(account).toMatchObject({ username: 'sam', name: 'Sam Example', email: 'sam@example.com', state: 'active' })
  })

  test('the queries of the guide find what they ask for', async () => {
    const queries = all.filter(({ language }) => language === 'graphql')
    expect(queries.length).toBeGreaterThan(0)
    for (const { text: query } of queries) {
      const { data } = await ask<{ project: Record<string, object | null> }>(url, query)
      expect(Object.values(data.project), query).not.toContain(null)
    }
  })

  test('the script for a pipeline fails with the reason, whatever it is, and takes the token of a job', async () => {
    const script = all.find(isScript)?.text ?? ''
    const run = (env: Record<string, string>) => runShell(script, { WAYBILL_URL: url, COMMIT: 'main', ...env })
    const { tokens } = JSON.parse(await read('.waybill/demo.json'))
    const wrong = await run({ VERSION: '9.0.0', WAYBILL_TOKEN: 'wrong' })
    expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('UNAUTHENTICATED') })
    const refused = await run({ VERSION: '9.0.0', WAYBILL_TOKEN: tokens.developer })
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('protected') })
    const job = await runShell('npx waybill token job --project demo/waybill', {
      WAYBILL_URL: url,
      WAYBILL_TOKEN: tokens.maintainer,
    })
    const released = await run({ VERSION: '9.0.0', WAYBILL_TOKEN: job.stdout.trim() })
    expect(released).toMatchObject({ code: 0, stdout: expect.stringContaining('"tagName":"v9.0.0"') })
  })
})
