#!/usr/bin/env node
// The built command line. In a clone it is built first when it is missing or older than its sources. A release tarball has no sources.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.env.NODE_ENV ??= 'production'
const build = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url))
if (existsSync(build) && !(await import('../scripts/built.mjs')).isFresh()) {
  const { status } = spawnSync(process.execPath, [build], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const { main } = await import('../dist/bundle/cli.js')
await main(process.argv)
