// Builds dist/: first the Prisma client from its schema, then JavaScript from TypeScript, then dist/bundle/, which is the same program
// in few files, then dist/cli/waybill.mjs, the command line as one file for pipelines. With --if-stale builds only when a
// source is newer than the last build. Needs no network: Prisma would download its schema engine, but any executable can take its
// place, because migrations use the engine's WebAssembly build. `npm run types` checks the types, so that the first start need
// not wait.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { isFresh, stamp } from './built.mjs'
import { external } from './external-packages.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bins = path.join(root, 'node_modules', '.bin')
const env = {
  ...process.env,
  PATH: `${bins}${path.delimiter}${process.env.PATH}`,
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
}

function run(bin, args) {
  const { status, stdout, stderr, error } = spawnSync(path.join(bins, bin), args, { cwd: root, env, encoding: 'utf8' })
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}: run npm ci first\n` : ''}`)
  process.exit(1)
}

/**
 * Joins the program and its packages, because Node takes longer to find and open 2,400 files than to run what is in them. The folder is
 * as deep as the folders of `src` that name files of the repository.
 */
async function bundle() {
  const input = path.join(root, 'src', 'cli.ts')
  // Nothing is left out, because modules of the schema are imported for what they do.
  const program = await rolldown({ input, cwd: root, platform: 'node', treeshake: false, external, logLevel: 'warn' })
  await program.write({ dir: path.join(root, 'dist', 'bundle'), sourcemap: true })
}

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

/** The file has no server beside it: neither the operator's code nor the package.json that holds the version. */
const withoutInstallation = {
  name: 'without-installation',
  resolveId: (source) => (source.includes('/operator/') ? path.join(root, 'src/commands/needs-installation.ts') : null),
  load: (id) => (id.endsWith('/foundation/version.ts') ? `export const version = ${JSON.stringify(version)}` : null),
}

/** The command line as one file, which needs Node and nothing else. */
async function commandLine() {
  const input = path.join(root, 'src', 'waybill.ts')
  const treeshake = { moduleSideEffects: (id) => !id.includes('/node_modules/') }
  const options = { input, cwd: root, platform: 'node', treeshake, plugins: [withoutInstallation], logLevel: 'warn' }
  const program = await rolldown(options)
  await program.write({ file: path.join(root, 'dist', 'cli', 'waybill.mjs'), codeSplitting: false, minify: true })
}

const generate = () => run('prisma', ['generate'])

if (process.argv.includes('--generate')) {
  generate()
} else if (!process.argv.includes('--if-stale') || !isFresh()) {
  process.stderr.write('Building Waybill, which takes some seconds after an installation or a change ...\n')
  generate()
  rmSync(path.join(root, 'dist'), { recursive: true, force: true })
  run('tsc', ['-p', 'tsconfig.build.json'])
  await bundle()
  await commandLine()
  writeFileSync(stamp, '')
}
