// Builds dist/: first the Prisma client from its schema, then JavaScript from TypeScript. With --if-stale builds only when a
// source is newer than the last build. Needs no network: Prisma would download its schema engine, but any executable can take its
// place, because migrations use the engine's WebAssembly build. `npm run types` checks the types, so that the first start need
// not wait.
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isFresh, stamp } from './built.mjs'

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

const generate = () => run('prisma', ['generate'])

if (process.argv.includes('--generate')) {
  generate()
} else if (!process.argv.includes('--if-stale') || !isFresh()) {
  process.stderr.write('Building Waybill, which takes some seconds after an installation or a change ...\n')
  generate()
  rmSync(path.join(root, 'dist'), { recursive: true, force: true })
  run('tsc', ['-p', 'tsconfig.build.json'])
  writeFileSync(stamp, '')
}
