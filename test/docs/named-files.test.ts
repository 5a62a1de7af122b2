import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

const filesBelow = (folder: string) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)

const files = ['src', 'test', 'scripts', 'prisma', 'bench', 'docs', 'examples'].flatMap(filesBelow)
const documents = [...readdirSync(root), ...files].filter((name) => name.endsWith('.md'))

/** Documents write `rows/page.ts` for `src/rows/page.ts`, and `test/jobs/worker` for a file of tests. */
const isThere = (name: string) =>
  existsSync(path.join(root, name)) ||
  files.some((file) => `/${file}`.endsWith(`/${name}`) || `/${file}`.endsWith(`/${name}.test.ts`))

/** The names of source files and of what lies in a folder of `src`. `demo/waybill` is a project. */
const inSource = readdirSync(path.join(root, 'src')).filter((name) => name !== 'demo')
const folders = ['src', 'test', 'scripts', 'prisma', 'bench', 'docs', ...inSource].join('|')
const SOURCE = new RegExp(`^([\\w-]+/)*[\\w.-]+\\.(ts|mjs|prisma)$|^(${folders})/[\\w./-]*$`)

test('every source file that a document names exists', () => {
  const named = documents.flatMap((document) =>
    [...read(document).matchAll(/`([\w./-]+)`/g)]
      .map(([, name = '']) => name.replace(/\/$/, ''))
      .filter((name) => SOURCE.test(name))
      .map((name) => ({ document, name })),
  )
  expect(named.length).toBeGreaterThan(100)
  expect(named.filter(({ name }) => !isThere(name))).toEqual([])
})

const records = readdirSync(path.join(root, 'docs/decisions')).filter((name) => name !== 'README.md')

test('the records of decisions are numbered without a gap, and each is in the index by its title and date', () => {
  expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, at) => at + 1))
  const index = read('docs/decisions/README.md')
  for (const name of records) {
    const [, title, date] = /^# (.+)\n\n(\d{4}-\d{2}-\d{2})\n/.exec(read(`docs/decisions/${name}`)) ?? []
    expect(index).toContain(`- [${title}](${name}), ${date}\n`)
  }
})

test.for(records)('the record %s says what was known, what was decided and how to undo it', (name) => {
  const text = read(`docs/decisions/${name}`)
  for (const part of ['Background', 'Decision', 'To undo']) expect(text).toContain(`\n**${part}.**`)
})
