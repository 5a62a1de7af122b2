import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createRepository } from '../support/git.ts'
import { ask } from '../support/server-process.ts'
import { newDataDir, takePort, until } from './serve-world.ts'
import { examplesIn, type Snippet, snippetsOf } from './snippets.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const TIMEOUT_MS = 300_000

let snippets: Snippet[] = []
beforeAll(async () => {
  snippets = await snippetsOf(path.join(root, 'README.md'))
})

/** A newcomer's clone, built and without data, and the repository beside it that the README imports. */
async function newClone(): Promise<string> {
  const above = await newDataDir()
  const clone = path.join(above, 'waybill')
  await mkdir(clone)
  const files = (await readdir(root)).filter((name) => !name.startsWith('.') && name !== 'test')
  for (const name of files) await symlink(path.join(root, name), path.join(clone, name))
  await createRepository(path.join(above, 'some', 'repository'), { commits: 1, tags: ['v1'] })
  return clone
}

function environment(extra: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, GIT_TERMINAL_PROMPT: '0', ...extra }
}

/** `npm start`, at a port that is free here, where the README has 4000. */
async function startServer(cwd: string, port: number): Promise<string> {
  const server = spawn('npm', ['start'], { cwd, env: environment({ PORT: String(port) }) })
  const ended = once(server, 'exit')
  onTestFinished(async () => {
    server.kill('SIGTERM')
    await ended
  })
  let written = ''
  server.stdout.setEncoding('utf8').on('data', (piece: string) => {
    written += piece
  })
  await until(() => written.includes('Waybill is listening.'))
  return `http://127.0.0.1:${port}`
}

const isScript = ({ text: script }: Snippet) => script.startsWith('#!')

/** One shell runs them all, as what one exports is used by the next. What begins with #! is a program of its own. */
async function session(cwd: string, commands: readonly Snippet[], port: number): Promise<string> {
  const lines = commands.map(async (snippet, at) => {
    const file = path.join(path.dirname(cwd), `snippet-${at}`)
    await writeFile(file, snippet.text.replaceAll('127.0.0.1:4000', `127.0.0.1:${port}`))
    await chmod(file, 0o755)
    const run = isScript(snippet) ? `${examplesIn(snippet.text).join(' ')} ${file}` : `. ${file}`
    return `echo '@@ README.md:${snippet.line}' >&2; echo '@@ README.md:${snippet.line}'; ${run}`
  })
  return `set -eo pipefail\n${(await Promise.all(lines)).join('\n')}\necho '@@ end'\n`
}

async function runShell(cwd: string, script: string, env: Record<string, string> = {}) {
  const shell = spawn('bash', ['-c', script], { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
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

describe('the README', { timeout: TIMEOUT_MS }, () => {
  test('has commands, queries, and what is for a terminal of its own alone', () => {
    expect(new Set(snippets.map(({ language }) => language))).toEqual(new Set(['sh', 'console', 'graphql', '']))
    // Each of these would install, or test, the tree that is being tested.
    const own = snippets.filter(({ language }) => language === 'console').map(({ text: command }) => command)
    expect(own).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n'])
    // The map of the folders.
    expect(snippets.filter(({ language }) => language === '')).toHaveLength(1)
  })

  test('works as it stands, from top to bottom, on the demo of a first start', async () => {
    const clone = await newClone()
    const { port, release } = await takePort()
    await release()
    const url = await startServer(clone, port)
    const commands = snippets.filter(({ language }) => language === 'sh')
    const { code, stdout, stderr } = await runShell(clone, await session(clone, commands, port))
    expect(stderr.split(/^@@ /m).at(-1)).not.toMatch(/rror|annot/)
    expect({ code, ended: stdout.trimEnd().endsWith('@@ end') }).toEqual({ code: 0, ended: true })
    for (const [name, printed] of sections(stdout)) {
      expect(`${name} ${printed}`).not.toMatch(/"errors":\[[^\]]/)
    }
    expect(stdout).toContain('event: next\ndata: {"data":{"releasePublished":{"name":"v1.4.0","tagName":"v1.4.0"}}}')
    expect(await readFile(path.join(clone, 'downloads', 'README.md'), 'utf8')).toBe(
      await readFile(path.join(root, 'README.md'), 'utf8'),
    )
    for (const { text: query } of snippets.filter(({ language }) => language === 'graphql')) {
      expect((await ask<{ project: { latestRelease: object } }>(url, query)).data.project.latestRelease).toBeTruthy()
    }
    await expectReasonsTold(clone, url)
  })
})

/** The script of a pipeline fails with the reason, whatever it is, and takes the token of a job. */
async function expectReasonsTold(clone: string, url: string): Promise<void> {
  const script = snippets.find(isScript)?.text ?? ''
  const run = (env: Record<string, string>) => runShell(clone, script, { WAYBILL_URL: url, COMMIT: 'main', ...env })
  const { tokens } = JSON.parse(await readFile(path.join(clone, '.waybill', 'demo.json'), 'utf8'))
  const wrong = await run({ VERSION: '9.0.0', WAYBILL_TOKEN: 'wrong' })
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('UNAUTHENTICATED') })
  const refused = await run({ VERSION: '9.0.0', WAYBILL_TOKEN: tokens.developer })
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('protected') })
  const job = await runShell(clone, 'npx waybill token job --project demo/waybill', {
    WAYBILL_URL: url,
    WAYBILL_TOKEN: tokens.maintainer,
  })
  const released = await run({ VERSION: '9.0.0', WAYBILL_TOKEN: job.stdout.trim() })
  expect(released).toMatchObject({ code: 0, stdout: expect.stringContaining('"tagName":"v9.0.0"') })
}
