// Writes docs/guide/command-line.md from the built code.
import { writeFileSync } from 'node:fs'
import { createProgram } from '../dist/cli.js'
import { commandLinePage } from './command-line-page.mjs'

writeFileSync(new URL('../docs/guide/command-line.md', import.meta.url), commandLinePage(await createProgram()))
