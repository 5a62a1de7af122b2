#!/usr/bin/env node
// The built command line; builds it first when it is missing or older than its sources.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isFresh } from '../scripts/built.mjs'

process.env.NODE_ENV ??= 'production'
if (!isFresh()) {
  const build = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url))
  const { status } = spawnSync(process.execPath, [build], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const { main } = await import('../dist/bundle/cli.js')
await main(process.argv)
