// The template language of GitLab's changelogs: `{{ a.b }}`, `{% if a %}...{% else %}...{% end %}`, `{% each a %}...{% end %}`. A
// line break after a tag `{% %}` is dropped, and so is a line break after a backslash.

/** What a template may show. A part is looked up in the innermost value alone, and `it` is that value. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue }

type Path = readonly string[]
type Node = string | { show: Path } | { test: Path; body: Node[]; otherwise: Node[] } | { each: Path; body: Node[] }

export type Template = readonly Node[]

export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

const MAX_NESTING = 50
const MAX_STEPS = 1_000_000
const MAX_CHARACTERS = 8_000_000

const TAG = /\{\{\s*([\w.-]+)\s*\}\}|\{%\s*(?:(if|each)\s+([\w.-]+)|(else|end))\s*%\}\n?|\\\n/g

type Token = { text: string } | { show: Path } | { open: 'if' | 'each'; path: Path } | { word: 'else' | 'end' }

function textOf(text: string): Token[] {
  const wrong = /\{[{%].{0,40}/.exec(text)?.[0]
  if (wrong !== undefined) throw new TemplateError(`the template has a tag that nobody understands: ${wrong}`)
  return text === '' ? [] : [{ text }]
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (const match of source.matchAll(TAG)) {
    const [tag, show, open, path = '', word] = match
    tokens.push(...textOf(source.slice(at, match.index)))
    if (show !== undefined) tokens.push({ show: show.split('.') })
    if (open !== undefined) tokens.push({ open: open as 'if' | 'each', path: path.split('.') })
    if (word !== undefined) tokens.push({ word: word as 'else' | 'end' })
    at = match.index + tag.length
  }
  return [...tokens, ...textOf(source.slice(at))]
}

/** Takes tokens from the end of the reversed list, up to the word that ends the block. */
function parseBlock(tokens: Token[], depth: number): { nodes: Node[]; end: 'else' | 'end' | null } {
  if (depth > MAX_NESTING) throw new TemplateError(`the template nests more than ${MAX_NESTING} tags`)
  const nodes: Node[] = []
  for (let token = tokens.pop(); token; token = tokens.pop()) {
    if ('word' in token) return { nodes, end: token.word }
    if ('text' in token) nodes.push(token.text)
    else if ('show' in token) nodes.push(token)
    else nodes.push(parseTag(token, tokens, depth))
  }
  return { nodes, end: null }
}

function parseTag({ open, path }: { open: 'if' | 'each'; path: Path }, tokens: Token[], depth: number): Node {
  const body = parseBlock(tokens, depth + 1)
  const hasElse = open === 'if' && body.end === 'else'
  const otherwise = hasElse ? parseBlock(tokens, depth + 1) : body
  if (otherwise.end !== 'end') throw new TemplateError(`the template has a tag {% ${open} %} without its {% end %}`)
  if (open === 'each') return { each: path, body: body.nodes }
  return { test: path, body: body.nodes, otherwise: hasElse ? otherwise.nodes : [] }
}

/** Throws a TemplateError when the source is no template. */
export function parseTemplate(source: string): Template {
  const { nodes, end } = parseBlock(tokensOf(source).reverse(), 0)
  if (end !== null) throw new TemplateError(`the template has a tag {% ${end} %} too many`)
  return nodes
}

function lookUp(value: TemplateValue, path: Path): TemplateValue {
  return path.reduce((found, step) => {
    if (step === 'it') return found
    const isPart = typeof found === 'object' && found !== null && Object.hasOwn(found, step)
    return isPart ? ((found as Record<string, TemplateValue>)[step] ?? null) : null
  }, value)
}

const isFull = (value: TemplateValue) =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value)

class Renderer {
  readonly parts: string[] = []
  #characters = 0
  #steps = 0

  render(nodes: readonly Node[], value: TemplateValue): void {
    for (const node of nodes) {
      this.#steps += 1
      if (this.#steps > MAX_STEPS) throw new TemplateError('the template takes too many steps')
      if (typeof node === 'string') this.#write(node)
      else if ('show' in node) this.#show(lookUp(value, node.show))
      else if ('each' in node) this.#repeat(node.body, lookUp(value, node.each))
      else this.render(isFull(lookUp(value, node.test)) ? node.body : node.otherwise, value)
    }
  }

  #show(value: TemplateValue): void {
    if (typeof value !== 'object') this.#write(String(value))
  }

  #repeat(body: readonly Node[], values: TemplateValue): void {
    for (const value of Array.isArray(values) ? values : []) this.render(body, value)
  }

  #write(text: string): void {
    this.#characters += text.length
    if (this.#characters > MAX_CHARACTERS) throw new TemplateError('the template writes too much')
    this.parts.push(text)
  }
}

/** Throws a TemplateError when the template does or writes too much. */
export function renderTemplate(template: Template, value: TemplateValue): string {
  const renderer = new Renderer()
  renderer.render(template, value)
  return renderer.parts.join('')
}
