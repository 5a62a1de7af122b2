import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { codeIn, filesBelow, pageAt, readText, root } from './pages.ts'

const pages = [...readdirSync(root).filter((name) => name.endsWith('.md')), ...filesBelow('docs', '.md')]
const sources = [
  ...['src', 'test', 'scripts', 'bench'].flatMap((folder) => filesBelow(folder, '.ts', '.js', '.mjs', '.sql')),
  ...filesBelow('prisma', '.prisma', '.sql'),
  ...readdirSync(root).filter((name) => /\.(?:ts|graphql)$/.test(name)),
]

/** The text of comments, line by line. */
const commentsIn = (file: string): string[] =>
  readText(file)
    .split('\n')
    .filter((line) => /^\s*(?:\*|\/\*|--)|(?:^|\s)\/\/ /.test(line))

/** The problem of a link from one page of the repository; null when the link works or leads out of the repository. */
function problemOf(page: string, link: string): string | null {
  if (/^[a-z][a-z+.-]*:|^\//i.test(link)) return null
  const [target = '', anchor] = decodeURI(link).split('#', 2)
  const file = target === '' ? page : path.posix.join(path.posix.dirname(page), target)
  if (!existsSync(path.join(root, file))) return `${page}: there is no ${file}`
  if (anchor === undefined || !file.endsWith('.md') || pageAt(file).anchors.has(anchor)) return null
  return `${page}: ${file} has no heading #${anchor}`
}

test('every relative link and anchor of the documentation leads somewhere', () => {
  const links = pages.flatMap((page) => pageAt(page).links.map((link) => ({ page, link })))
  expect(links.length).toBeGreaterThan(100)
  expect(links.map(({ page, link }) => problemOf(page, link)).filter((problem) => problem !== null)).toEqual([])
})

test('every page and heading that a comment cites exists', () => {
  const cited = sources.flatMap((file) =>
    commentsIn(file).flatMap((line) =>
      [...line.matchAll(/\bdocs\/[\w./-]+\.md(?:#[\w-]+)?/g)].map(([link]) => ({ file, link })),
    ),
  )
  expect(cited.length).toBeGreaterThan(30)
  const problems = cited.flatMap(({ file, link }) => {
    const problem = problemOf('README.md', link)
    return problem === null ? [] : [`${file} cites ${link}: ${problem}`]
  })
  expect(problems).toEqual([])
})

test('no comment cites the contract except by its page in docs', () => {
  const bare = /(?<!docs\/)\bcontract\/[\w-]+\.md|\b(?:design|rules|more)\.md/
  expect(sources.filter((file) => commentsIn(file).some((line) => bare.test(line)))).toEqual([])
})

test('every file of the repository that the contract and the page on redaction name exists', () => {
  const named = [...filesBelow('docs/contract', '.md'), 'docs/redaction.md', 'docs/roles.md'].flatMap((page) =>
    codeIn(readText(page)).filter((code) => /^(?:src|test|scripts|prisma)\//.test(code)),
  )
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([])
})

test('every page of the contract is in its table of contents, and has fewer than 400 lines', () => {
  const contents = pageAt('docs/contract/README.md').links
  const all = filesBelow('docs/contract', '.md').filter((page) => !page.endsWith('/README.md'))
  expect(all.filter((page) => !contents.includes(path.posix.basename(page)))).toEqual([])
  expect(all.filter((page) => readText(page).split('\n').length > 400)).toEqual([])
})
