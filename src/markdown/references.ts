import type { Element, ElementContent, Parents, Root, Text } from 'hast'
import { SKIP, visit } from 'unist-util-visit'
import { nameOfReference, REFERENCE, type Reference } from './placeholders.ts'

/** Further references of a text stay text. */
const MAX_REFERENCES = 200

const NAME = String.raw`\w(?:[\w.-]*\w)?`
const PATH = String.raw`${NAME}(?:\/${NAME})*`

/** `#1`, `group/project#1`, `@name`, `%1`, `%"title"` and a commit, each at the end of a word. */
const CANDIDATE = new RegExp(
  String.raw`(?<![\w@#%&/.+-])(?:(?<issue>(?:${NAME}(?:\/${NAME})+)?#[1-9]\d{0,8})|@(?<name>${PATH})|%(?<milestone>[1-9]\d{0,8})|` +
    String.raw`%"(?<title>[^"\n]{1,255})"|(?<commit>[0-9a-f]{7,40}))(?![\w-]|[./]\w)`,
  'g',
)

/** What stands in these elements is meant literally, or leads somewhere already. */
const LITERAL = new Set(['a', 'code', 'pre', 'kbd', 'samp', 'tt'])

function toReference(groups: Record<string, string | undefined>): Reference | null {
  const [kind, value] = Object.entries(groups).find(([, text]) => text !== undefined) ?? []
  return value === undefined ? null : { kind: kind as Reference['kind'], value: value.toWellFormed() }
}

const placeholder = (reference: Reference, text: string): Element => ({
  type: 'element',
  tagName: 'a',
  properties: { [REFERENCE]: nameOfReference(reference) },
  children: [{ type: 'text', value: text }],
})

/** The pieces of a text, in which at most so many references are placeholders. */
function split({ value }: Text, most: number): ElementContent[] {
  const pieces: ElementContent[] = []
  let end = 0
  for (const { 0: text, index, groups = {} } of value.matchAll(CANDIDATE)) {
    const reference = toReference(groups)
    if (!reference || pieces.length >= 2 * most) break
    pieces.push({ type: 'text', value: value.slice(end, index) }, placeholder(reference, text))
    end = index + text.length
  }
  return [...pieces, { type: 'text', value: value.slice(end) }]
}

/** Makes references placeholders, except in code and in links. */
export function markReferences(tree: Root): void {
  let left = MAX_REFERENCES
  visit(tree, (node, index, parent: Parents | undefined) => {
    if (node.type === 'element' && LITERAL.has(node.tagName)) return SKIP
    if (node.type !== 'text' || !parent || index === undefined || left === 0) return undefined
    const pieces = split(node, left)
    left -= (pieces.length - 1) / 2
    parent.children.splice(index, 1, ...pieces)
    return index + pieces.length
  })
}
