import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { createProgram } from '../../src/cli.ts'

// The path is in a variable, because TypeScript has no types for the script.
const printer = new URL('../../scripts/command-line-page.mjs', import.meta.url).href
const { commandLinePage } = (await import(printer)) as { commandLinePage: (program: Command) => string }

const page = readFileSync(new URL('../../docs/guide/command-line.md', import.meta.url), 'utf8')

test('docs/guide/command-line.md is printed from the commands', async () => {
  // After an intended change: npm run docs.
  expect(page).toBe(commandLinePage(await createProgram()))
})

const commands = (command: Command): Command[] => [command, ...command.commands.flatMap(commands)]

test('every command and every option has a description', async () => {
  const silent = commands(await createProgram()).flatMap((command) => [
    ...(command.description() ? [] : [command.name()]),
    ...command.options.filter(({ description }) => !description).map(({ flags }) => `${command.name()} ${flags}`),
  ])
  expect(silent).toEqual([])
})
