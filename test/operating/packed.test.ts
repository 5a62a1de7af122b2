// The release tarball of the server: unpacked in an empty folder, it runs with Node and git alone.
import { execFile } from 'node:child_process'
import { chown, readdir, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { version } from '../../src/foundation/version.ts'
import { newDataDir, readDemo } from '../process/serve-world.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { ask, spawnServer } from '../support/server-process.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const release = path.join(root, 'dist/release')
const TIMEOUT_MS = 240_000
const NOBODY = 65_534
/** An import of a package, at the beginning of a file of the bundle. */
const IMPORT = /^import (?:[^'"\n]* from )?["']((?!node:)[@\w][^"'\n]*)["'];$/gm

let PATH = ''
beforeAll(async () => {
  PATH = await newDataDir()
  const { stdout: git } = await run('sh', ['-c', 'command -v git'])
  for (const program of [process.execPath, git.trim()]) await symlink(program, path.join(PATH, path.basename(program)))
}, TIMEOUT_MS)

async function unpack(suffix: string): Promise<string> {
  const folder = await newDataDir()
  await run('tar', ['-xzf', path.join(release, `waybill-${version}${suffix}.tar.gz`), '-C', folder])
  return path.join(folder, `waybill-${version}`)
}

/** As an ordinary user, because root would need programs besides Node and git: it runs PostgreSQL as somebody else. */
async function start(folder: string, env: Record<string, string>) {
  const dataDir = await newDataDir()
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if (account.uid) await chown(dataDir, account.uid, account.gid)
  const program = path.join(folder, 'bin/waybill.js')
  const server = spawnServer({ PORT: '0', PATH, DATA_DIR: dataDir, ...env }, ['serve'], { program, ...account })
  onTestFinished(async () => {
    server.kill('SIGKILL')
    await server.ended
  })
  return { server, dataDir }
}

const create = `mutation { releaseCreate(input: {projectPath: "demo/waybill", tagName: "v8.0.0", ref: "main"}) {
  errors release { tagName } } }`
const get = (url: string) => fetch(url, { headers: { accept: 'text/html' } })

test('the unpacked server publishes with nothing but Node and git, and with no build at its start', {
  timeout: TIMEOUT_MS,
}, async () => {
  const folder = await unpack('')
  const { server, dataDir } = await start(folder, {})
  const url = await server.listening()
  expect(server.stderr()).not.toContain('Building')
  const { tokens } = await readDemo(dataDir)
  expect(await ask(url, create, tokens.maintainer)).toEqual({
    data: { releaseCreate: { errors: [], release: { tagName: 'v8.0.0' } } },
  })
  const page = await get(`${url}/demo/waybill/-/releases/v8.0.0`)
  const [, stylesheet = ''] = /href="([^"]+\.css)"/.exec(await page.text()) ?? []
  const addresses = [
    stylesheet,
    '/graphql',
    '/-/cli/waybill.mjs',
    '/demo/waybill/-/archive/v8.0.0/x.tar.gz',
    '/metrics',
  ]
  for (const address of addresses)
    expect([address, (await get(new URL(address, url).href)).status]).toEqual([address, 200])
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
  expect(server.stderr()).not.toMatch(/"level":[56]0/)
})

test('the tarball without PostgreSQL serves a database of its own, and says what is missing without one', {
  timeout: TIMEOUT_MS,
}, async () => {
  const folder = await unpack('-without-postgres')
  const database = await createEmptyDatabase()
  const { server } = await start(folder, { DATABASE_URL: database.url })
  expect((await fetch(`${await server.listening()}/ready`)).status).toBe(200)
  const { server: without } = await start(folder, {})
  expect((await without.ended).code).toBe(1)
  expect(without.stderr()).toContain('set DATABASE_URL to a PostgreSQL server')
})

test('the tarball has every package that the program names, and none that only builds or tests it', {
  timeout: TIMEOUT_MS,
}, async () => {
  const folder = await unpack('')
  const bundle = path.join(folder, 'dist/bundle')
  const { resolve } = createRequire(path.join(bundle, 'x.js'))
  const chunks = (await readdir(bundle)).filter((name) => name.endsWith('.js'))
  const texts = await Promise.all(chunks.map((name) => readFile(path.join(bundle, name), 'utf8')))
  const named = new Set(texts.flatMap((text) => [...text.matchAll(IMPORT)].map(([, name = '']) => name)))
  const missing = [...named].filter((name) => {
    try {
      return !resolve(name)
    } catch {
      return true
    }
  })
  expect(named).toContain('pg')
  expect(missing).toEqual([])
  const { devDependencies } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  const packed = await readdir(path.join(folder, 'node_modules'))
  expect(packed.filter((name) => Object.hasOwn(devDependencies, name))).toEqual([])
  const licences = await readFile(path.join(folder, 'LICENSES-OF-PACKAGES.txt'), 'utf8')
  for (const name of ['hono', 'graphql-yoga', '@prisma/client', 'pg']) expect(licences).toContain(`\n${name} `)
})

test('SHA256SUMS tells the digests of all that is released', async () => {
  const sums = await readFile(path.join(release, 'SHA256SUMS'), 'utf8')
  const names = [`waybill-${version}-without-postgres.tar.gz`, `waybill-${version}.tar.gz`, 'waybill.mjs']
  expect([...sums.matchAll(/^[\da-f]{64} {2}(.+)$/gm)].map(([, name]) => name)).toEqual(names)
  await run('sha256sum', ['--check', 'SHA256SUMS'], { cwd: release })
})
