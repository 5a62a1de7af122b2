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

/** Raise it whenever the same Markdown gives other HTML: kept HTML of an older version is rendered again. */
export const RENDERER_VERSION = 1

/**
 * What is rendered; text beyond it is shown as it is. Ordinary notes take about 10 ms for 1,000 characters. But some
 * constructs take time that grows with the square of their number, and some output grows far beyond the text.
 * Measured: a text that fills any one of these limits with the worst content for it is done well within 2 seconds.
 */
const LIMITS = {
  characters: 100_000,
  lines: 2_000,
  /** Characters that can open or close a Markdown construct. */
  marks: 8_000,
  /** Each mark may make the parser read its paragraph again: marks times characters, over all paragraphs. */
  rereadCharacters: 6_000_000,
  /** Quotes, list items and footnotes, as far as they begin their line. */
  containers: 2_000,
  /** Those that one line begins. */
  lineContainers: 30,
  /** Spaces or tabs before a line, as they continue nested lists. */
  indentation: 60,
  /** Opening and closing ones: unclosed tags nest, or are repeated in every paragraph after them. */
  tags: 600,
  /** Empty cells that fill up short table rows. */
  addedCells: 10_000,
  /** Attributes in the output, which references and unclosed tags repeat. */
  repeatedCharacters: 1_000_000,
}

// h and w because http: and www. may follow: behind an open bracket the parser looks back from each of them.
const MARK = /[[\]*_~`<|\\@:]|[-+.)](?=[ \t])|(?<![a-z])[hw]/gi
const TAG = /</g
// Only lines that end a paragraph wherever they stand: blank ones and bullets. Deeper indented, they would continue it.
const PARAGRAPH_END = /\n(?=(?: {0,3}>)*[ \t]*\n| {0,3}[-*+][ \t]+\S)/
const CONTAINER = /[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])|\[\^(?:\\.|[^\]\\\n])+\]:)/g
const CONTAINERS = new RegExp(`^(?:${CONTAINER.source})+`, 'gm')
const INDENTED = new RegExp(`^[ \\t]{${LIMITS.indentation + 1}}`, 'm')

const BLOCKS = new Set('p h1 h2 h3 h4 h5 h6 ul ol li blockquote table pre'.split(' '))
const HEADING = /^h[1-6]$/
const ID_PREFIX = 'user-content-'
// Kept HTML of before names none that exists: for these addresses nothing was rendered again.
const UPLOAD = /^\/uploads\/[0-9a-f]{32}\/[^/]/
// Stands for the page that shows the HTML: an address that resolves to another origin leaves it.
const HERE = 'http://here.invalid'

// A form's target, keyboard shortcuts and focus order have no place in notes; the addresses in srcset are not checked.
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
  // No prefix here: sanitising adds it to every id, and would add it twice.
  .use(remarkRehype, { allowDangerousHtml: true, clobberPrefix: '' })
  .use(rehypeRaw)
  .use(rehypeSlug)
  .use(rehypeSanitize, SCHEMA)
  // Everything above this line is the visitor's; only what follows may add to the clean tree.
  .use(() => decorate)
  .use(rehypeStringify)

// remark-gfm finds addresses twice, while parsing and in the finished tree. The first looks back from every word to an
// open bracket before it: 20,000 characters after a '[' took 2 seconds. The second finds the same addresses.
function skipEmailTokens(this: Processor): void {
  const data = this.data()
  data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable: { null: ['emailAutolink'] } }]
}

/** Whether it takes time: what is longer is shown as it is. */
export const isRendered = (markdown: string | null): markdown is string =>
  markdown !== null && markdown.length <= LIMITS.characters

/** The text belongs to a project: its uploads are that project's. */
type Belonging = { projectId: number }

/** HTML that is safe to put into a page, whatever the text is. */
export function renderMarkdown(markdown: string | null, belonging?: Belonging): string {
  if (!markdown) return ''
  // As the parser reads it: the limits look at lines.
  const text = markdown.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  if (isCostly(text)) return renderPlain(text)
  try {
    return String(pipeline.processSync({ value: text, data: { belonging } }))
  } catch {
    // An expansion refused below, or a nesting the limits did not foresee (the parser and its tree walks recurse).
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

/** The text as it is. */
export function renderPlain(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  // A newline right after <pre> is dropped by HTML, so one is given away; PostgreSQL text cannot hold NUL.
  return `<pre dir="auto">\n${escaped.replaceAll('\0', '\uFFFD')}</pre>`
}

/** A few characters can stand for very many: a row for its missing cells, a reference for its whole address. */
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
    // HTML repairs unclosed tags by repeating them, attributes included.
    if (characters > LIMITS.repeatedCharacters) throw new Error('too expansive')
    if (belonging) nameProject(element, belonging)
    if (BLOCKS.has(element.tagName)) element.properties.dir ??= 'auto'
    if (element.tagName === 'a') decorateLink(element)
    if (HEADING.test(element.tagName)) addAnchor(element)
  })
}

/** What an upload is called in notes of its project leads nowhere outside of them. */
function nameProject({ properties }: Element, { projectId }: Belonging): void {
  for (const name of ['href', 'src'] as const) {
    const address = properties[name]
    if (typeof address === 'string' && UPLOAD.test(address)) properties[name] = `/-/project/${projectId}${address}`
  }
}

function decorateLink({ properties }: Element): void {
  const { href } = properties
  if (typeof href !== 'string') return
  if (/^#./.test(href) && !href.startsWith(`#${ID_PREFIX}`)) properties.href = `#${ID_PREFIX}${href.slice(1)}`
  if (!URL.canParse(href, HERE) || new URL(href, HERE).origin !== HERE)
    properties.rel = ['nofollow', 'noreferrer', 'noopener']
}

function addAnchor(heading: Element): void {
  const { id } = heading.properties
  if (typeof id !== 'string') return
  const properties = { className: ['anchor'], href: `#${id}`, ariaHidden: 'true', tabIndex: -1 }
  heading.children.unshift({ type: 'element', tagName: 'a', properties, children: [] })
}
