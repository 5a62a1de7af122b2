// The command line as one file, in an empty folder, with nothing on the PATH but Node.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createProgram } from '../../src/cli.ts'
import { version } from '../../src/foundation/version.ts'
import { newDataDir, readDemo, serve } from './serve-world.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const TIMEOUT_MS = 120_000

/** An empty folder, and a folder for PATH that has Node alone. */
async function createJob() {
  const folder = await newDataDir()
  const bin = await newDataDir()
  await symlink(process.execPath, path.join(bin, 'node'))
  const run = async (args: readonly string[], env: Record<string, string> = {}) => {
    const child = spawn('node', args, { cwd: folder, env: { PATH: bin, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
    return { code, stdout, stderr }
  }
  return { folder, run }
}

/** How the guide takes the file where there is no curl. */
async function takingScript(): Promise<string> {
  const guide = await readFile(path.join(root, 'docs/guide/pipelines.md'), 'utf8')
  const [, script] = /<<'JS'\n(.*?)^JS$/ms.exec(guide) ?? []
  if (!script) throw new Error('the guide takes the file with curl alone')
  return script
}

const UPLOAD = `
const { WAYBILL_URL, WAYBILL_TOKEN } = process.env
const url = WAYBILL_URL + '/api/v4/projects/demo%2Fwaybill/packages/generic/app/7.1.0/app.txt'
const answer = await fetch(url, { method: 'PUT', headers: { 'private-token': WAYBILL_TOKEN }, body: 'built' })
if (!answer.ok) throw new Error(await answer.text())
console.log(url)`

test('a pipeline with Node alone takes the command line from the server, checks it, and publishes a release with notes and a file', {
  timeout: TIMEOUT_MS,
}, async () => {
  const dataDir = await newDataDir()
  const url = await serve({ DATA_DIR: dataDir }).listening()
  const { tokens } = await readDemo(dataDir)
  const { folder, run } = await createJob()
  const env = { WAYBILL_URL: url, WAYBILL_TOKEN: tokens.maintainer }
  const must = async (...args: string[]) => {
    const ran = await run(args, env)
    expect(ran).toEqual({ code: 0, stdout: ran.stdout, stderr: '' })
    return ran.stdout
  }
  await must('--input-type=module', '-e', await takingScript())
  expect(await must('waybill.mjs', '--version')).toBe(`${version}\n`)
  const uploaded = (await must('--input-type=module', '-e', UPLOAD)).trim()
  await writeFile(path.join(folder, 'notes.md'), 'Built with **Node** alone.')
  const link = { name: 'app.txt', url: uploaded, direct_asset_path: '/app.txt', link_type: 'package' }
  const target = ['--project', 'demo/waybill', '--tag-name', 'v7.1.0']
  const values = ['--ref', 'main', '--notes-file', 'notes.md', '--assets-link', JSON.stringify(link)]
  await must('waybill.mjs', 'release', 'create', ...target, ...values)

  const release = JSON.parse(await must('waybill.mjs', 'release', 'get', ...target, '--json'))
  expect(release).toMatchObject({ tagName: 'v7.1.0', description: 'Built with **Node** alone.' })
  await mkdir(path.join(folder, 'downloads'))
  await must('waybill.mjs', 'release', 'download', ...target, '--directory', 'downloads')
  expect(await readFile(path.join(folder, 'downloads', 'app.txt'), 'utf8')).toBe('built')
  const evidence = await must('waybill.mjs', 'evidence', 'export', ...target)
  await writeFile(path.join(folder, 'evidence.json'), evidence)
  const jwks = await (await fetch(`${url}/.well-known/jwks.json`)).text()
  await writeFile(path.join(folder, 'jwks.json'), jwks)
  await must('waybill.mjs', 'evidence', 'verify', 'evidence.json', '--jwks', 'jwks.json')
})

test('every command has its help in the one file, and the commands of the operator say that they need an installation', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { folder, run } = await createJob()
  await symlink(path.join(root, 'dist/cli/waybill.mjs'), path.join(folder, 'waybill.mjs'))
  const { commands } = await createProgram()
  const operators = commands.filter((command) => /operator/.test(command.helpGroup())).map((command) => command.name())
  expect(operators).toContain('serve')
  const isOperators = (name: string) => operators.includes(name)
  const help = await run(['waybill.mjs', '--help'])
  expect(help).toMatchObject({ code: 0, stderr: '' })
  const listed = [...help.stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, name]) => name)
  const names = commands.map((command) => command.name())
  expect(listed).toEqual(names.filter((name) => !isOperators(name)))
  for (const name of names) {
    const ran = await run(['waybill.mjs', name, '--help'])
    if (!isOperators(name)) expect(ran).toEqual({ code: 0, stdout: expect.stringContaining(name), stderr: '' })
    else
      expect(ran).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('needs the installation of the server'),
      })
  }
})

test.for([
  ['evidence', 'rotate-key'],
  ['token', 'create', '--user', 'ada'],
  ['token', 'list', '--user', 'ada'],
  ['token', 'revoke', '1', '--user', 'ada'],
  ['token', 'job', '--pipeline', '--project', 'a/b'],
  ['project', 'create', 'a/b', '--repository', '.'],
])('`%s %s` works on the database and says so in the one file', async (args) => {
  const { run } = await createJob()
  const ran = await run([path.join(root, 'dist/cli/waybill.mjs'), ...args], {
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
  })
  expect(ran).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('needs the installation of the server') })
})

test('the one file asks for nothing but the modules of Node', async () => {
  const program = await readFile(path.join(root, 'dist/cli/waybill.mjs'), 'utf8')
  const asked = [...program.matchAll(/\b(?:from|import|require)\s*\(?\s*["'`]([@\w][\w@./:-]*)["'`]/g)].map(
    ([, name = '']) => name,
  )
  expect(asked.length).toBeGreaterThan(5)
  const { builtinModules } = await import('node:module')
  expect(asked.filter((name) => !name.startsWith('node:') && !builtinModules.includes(name))).toEqual([])
  for (const word of ['prisma', 'DATABASE_URL must', 'graphile']) expect(program).not.toContain(word)
})
