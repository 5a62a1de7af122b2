import type { Element, Root } from 'hast'
import type { Root as MarkdownRoot } from 'mdast'
import rehypeRaw from 'rehype-raw'
import rehypeSanitize, { defaultSchema, type Options as Schema } from 'rehype-sanitize'
import rehypeSlug from 'rehype-slug'
import rehypeStringify from 'rehype-stringify'
import remarkGemoji from 'remark-gemoji'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { type Processor, unified } from 'unified'
import { visit } from 'unist-util-visit'
import { parseUrl } from '../foundation/parse-url.ts'
import { type Belonging, HERE, ID_PREFIX, placeAddress } from './addresses.ts'
import { markReferences } from './references.ts'

/** Raise the version whenever the same Markdown gives other HTML. Stored HTML of an older version is then rendered again. */
export const RENDERER_VERSION = 4

/**
 * A text beyond one of the limits is shown as plain text. Ordinary notes take about 10 ms for 1,000 characters, but the time for
 * some constructs grows with the square of their number, and some output is far longer than its text. The worst text within
 * each limit takes well under 2 seconds, measured.
 */
const LIMITS = {
  characters: 100_000,
  lines: 2_000,
  /** Characters that can open or close a Markdown construct. */
  marks: 8_000,
  /** The sum of marks times characters of each paragraph, because each mark may make the parser read its paragraph again. */
  rereadCharacters: 6_000_000,
  /** Quotes, list items and footnotes at the beginning of a line. */
  containers: 2_000,
  /** Containers that begin in one line. */
  lineContainers: 30,
  /** Spaces or tabs at the beginning of a line, which continue nested lists. */
  indentation: 60,
  /** Opening and closing tags, because unclosed tags nest or are repeated in every later paragraph. */
  tags: 600,
  /** Empty cells that complete short table rows. */
  addedCells: 10_000,
  /** Characters of attributes in the output, which references and unclosed tags repeat. */
  repeatedCharacters: 1_000_000,
}

// Includes h and w, because http: and www. may follow. The parser looks back from each of them to an open bracket.
const MARK = /[[\]*_~`<|\\@:]|[-+.)](?=[ \t])|(?<![a-z])[hw]/gi
const TAG = /</g
// Blank lines and bullets end a paragraph. A deeper indented line could continue it.
const PARAGRAPH_END = /\n(?=(?: {0,3}>)*[ \t]*\n| {0,3}[-*+][ \t]+\S)/
const CONTAINER = /[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])|\[\^(?:\\.|[^\]\\\n])+\]:)/g
const CONTAINERS = new RegExp(`^(?:${CONTAINER.source})+`, 'gm')
const INDENTED = new RegExp(`^[ \\t]{${LIMITS.indentation + 1}}`, 'm')

const BLOCKS = new Set('p h1 h2 h3 h4 h5 h6 ul ol li blockquote table pre'.split(' '))
const HEADING = /^h[1-6]$/

// Notes need no form targets, keyboard shortcuts or focus order. Pictures with srcset go, because its addresses are not checked.
const UNWANTED_ATTRIBUTES = new Set<unknown>(['action', 'accessKey', 'tabIndex'])
const UNWANTED_TAGS = new Set(['picture', 'source'])
const SCHEMA: Schema = {
  ...defaultSchema,
  attributes: {
    ...defaultSchema.attributes,
    '*': defaultSchema.attributes?.['*']?.filter((attribute) => !UNWANTED_ATTRIBUTES.has(attribute)) ?? [],
  },
  clobberPrefix: ID_PREFIX,
  strip: ['script', 'style'],
  tagNames: defaultSchema.tagNames?.filter((name) => !UNWANTED_TAGS.has(name)) ?? [],
}

const pipeline = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(skipEmailTokens)
  .use(remarkGemoji)
  .use(() => refuseExpansion)
  // Empty, because the sanitiser adds the prefix to every id and would add it twice.
  .use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: '' })
  .use(rehypeRaw)
  .use(rehypeSlug)
  .use(rehypeSanitize, SCHEMA)
  // The tree is clean from here on. Only trusted code may follow.
  .use(() => decorate)
  .use(rehypeStringify)

// Disables one of the two searches of remark-gfm for e-mail addresses. The search while parsing looks back from every word to an
// open bracket, and took 2 seconds for 20,000 characters after a '['. The search in the finished tree finds the same addresses.
function skipEmailTokens(this: Processor): void {
  const data = this.data()
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable: { null: ['emailAutolink'] } }]
}

/** Whether the text is rendered, which takes time. A longer text is shown as plain text. */
export const isRendered = (markdown: string | null): markdown is string =>
  markdown !== null && markdown.length <= LIMITS.characters

/** Renders any text as HTML that is safe in a page. With the project of the text, the HTML has placeholders. */
export function renderMarkdown(markdown: string | null, belonging?: Belonging): string {
  if (!markdown) return ''
  // Normalises line ends as the parser does, because the limits count lines.
  const text = markdown.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  if (isCostly(text)) return renderPlain(text)
  try {
    return String(pipeline.processSync({ value: text, data: { belonging } }))
  } catch {
    // Either `refuseExpansion` threw, or the parser or a tree walk exhausted the stack on an unforeseen nesting.
    return renderPlain(text)
  }
}

function isCostly(text: string): boolean {
  if (text.length > LIMITS.characters || count(text, /\n/g) > LIMITS.lines) return true
  if (count(text, MARK) > LIMITS.marks || count(text, TAG) > LIMITS.tags || INDENTED.test(text)) return true
  const containers = (text.match(CONTAINERS) ?? []).map((line) => count(line, CONTAINER))
  if (sum(containers) > LIMITS.containers || Math.max(0, ...containers) > LIMITS.lineContainers) return true
  const reread = text.split(PARAGRAPH_END).map((paragraph) => count(paragraph, MARK) * paragraph.length)
  return sum(reread) > LIMITS.rereadCharacters
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

/** The text without Markdown, as HTML. */
export function renderPlain(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  // HTML drops a newline right after <pre>, so we add one. PostgreSQL text cannot hold NUL.
  return `<pre dir="auto">\n${escaped.replaceAll('\0', '\uFFFD')}</pre>`
}

/** Limits constructs that expand: a short table row gets its missing cells, and a reference repeats its whole address. */
function refuseExpansion(tree: MarkdownRoot): void {
  const definitions = new Map<string, number>()
  visit(tree, 'definition', ({ identifier, url, title }) => {
    definitions.set(identifier, Math.max(definitions.get(identifier) ?? 0, url.length + (title?.length ?? 0)))
  })
  let addedCells = 0
  let repeatedCharacters = 0
  visit(tree, (node) => {
    if (node.type === 'table') {
      const columns = node.children[0]?.children.length ?? 0
      for (const row of node.children) addedCells += Math.max(0, columns - row.children.length)
    }
    if (node.type === 'linkReference' || node.type === 'imageReference')
      repeatedCharacters += definitions.get(node.identifier) ?? 0
  })
  if (addedCells > LIMITS.addedCells || repeatedCharacters > LIMITS.repeatedCharacters) throw new Error('too expansive')
}

function decorate(tree: Root, { data }: { data: object }): void {
  const { belonging } = data as { belonging?: Belonging }
  let characters = 0
  visit(tree, 'element', (element) => {
    for (const value of Object.values(element.properties)) characters += String(value).length
    // The HTML parser repairs unclosed tags by repeating them with their attributes.
    if (characters > LIMITS.repeatedCharacters) throw new Error('too expansive')
    if (belonging) placeAddress(element, belonging)
    if (BLOCKS.has(element.tagName)) element.properties.dir ??= 'auto'
    if (element.tagName === 'a') decorateLink(element)
    // The sanitiser leaves no other input. A screen reader needs a name for it.
    if (element.tagName === 'input') element.properties.ariaLabel = 'Check option'
    if (HEADING.test(element.tagName)) addAnchor(element)
  })
  if (belonging) markReferences(tree)
}

function decorateLink({ properties }: Element): void {
  const { href } = properties
  if (typeof href !== 'string') return
  if (/^#./.test(href) && !href.startsWith(`#${ID_PREFIX}`)) properties.href = `#${ID_PREFIX}${href.slice(1)}`
  if (parseUrl(href, HERE)?.origin !== HERE) properties.rel = ['nofollow', 'noreferrer', 'noopener']
}

function addAnchor(heading: Element): void {
  const { id } = heading.properties
  if (typeof id !== 'string') return
  const properties = { className: ['anchor'], href: `#${id}`, ariaHidden: 'true', tabIndex: -1 }
  heading.children.unshift({ type: 'element', tagName: 'a', properties, children: [] })
}
