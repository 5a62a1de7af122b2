// The pages of the documentation, as readers of Markdown see them.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Element } from 'hast'
import rehypeSlug from 'rehype-slug'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'
import { visit } from 'unist-util-visit'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Reads a file by its path from the root of the repository. */
export const readText = (file: string): string => readFileSync(path.join(root, file), 'utf8')

/** Files below a folder whose names end so, by their paths from the root of the repository. */
export const filesBelow = (folder: string, ...endings: string[]): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => !/(^|\/)(node_modules|generated)\//.test(name) && endings.some((ending) => name.endsWith(ending)))
    .map((name) => path.posix.join(folder, name))

const pipeline = unified().use(remarkParse).use(remarkGfm).use(remarkRehype).use(rehypeSlug)

type Page = { anchors: ReadonlySet<string>; links: readonly string[] }

function parsePage(file: string): Page {
  const anchors = new Set<string>()
  const links: string[] = []
  const tree = pipeline.runSync(pipeline.parse(readText(file)))
  visit(tree, 'element', ({ properties }: Element) => {
    if (typeof properties.id === 'string') anchors.add(properties.id)
    const target = properties.href ?? properties.src
    if (typeof target === 'string') links.push(target)
  })
  return { anchors, links }
}

const parsed = new Map<string, Page>()

/** The anchors that a page offers, and where its links and pictures lead; each page is parsed once. */
export function pageAt(file: string): Page {
  const page = parsed.get(file) ?? parsePage(file)
  parsed.set(file, page)
  return page
}

/** The text below a heading, up to the next heading of any level. */
export function sectionOf(file: string, heading: string): string {
  const sections = readText(file).split(/^#+ /m)
  const section = sections.find((text) => text.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`${file} has no heading "${heading}"`)
  return section.slice(heading.length)
}

/** The cells of the rows of the tables in a section, without the titles. */
export const rowsOf = (section: string): string[][] =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(' | '))

/** The parts of a text that are marked as code. */
export const codeIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
