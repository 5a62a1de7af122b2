// Checks the faults of `npm run test:mutants` against today's code: each fits into its file, and its test exists.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

type Fault = { fault: string; file: string; before: string; after: string; noticedBy: string; test?: string }

// The path is in a variable, because TypeScript has no types for the script.
const lists = new URL('./mutants/lists.mjs', import.meta.url).href
const { readFaults, root } = (await import(lists)) as { readFaults: () => Fault[]; root: string }

const faults = readFaults()

const texts = new Map<string, string>()
function read(file: string): string {
  const text = texts.get(file) ?? readFileSync(path.join(root, file), 'utf8')
  texts.set(file, text)
  return text
}

describe('the list of faults', () => {
  test('the list has at least 130 faults, no two alike', () => {
    expect(faults.length).toBeGreaterThanOrEqual(130)
    const changes = faults.map(({ file, before, after }) => JSON.stringify([file, before, after]))
    expect(changes.filter((change, at) => changes.indexOf(change) !== at)).toEqual([])
  })

  test('each fault names a text that occurs exactly once in its file, and a different text in its place', () => {
    const wrong = faults.filter(({ file, before, after }) => read(file).split(before).length !== 2 || before === after)
    expect(wrong.map(({ file, fault }) => `${file}: ${fault}`)).toEqual([])
  })

  test('each fault names the test that must fail', () => {
    const wrong = faults.filter(({ noticedBy, test: name }) => {
      const text = read(noticedBy).replaceAll("\\'", "'")
      return !noticedBy.endsWith('.test.ts') || (name !== undefined && !text.includes(name))
    })
    expect(wrong.map(({ noticedBy, test: name }) => `${noticedBy}: ${name}`)).toEqual([])
  })
})
