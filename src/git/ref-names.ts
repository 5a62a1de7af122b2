/** The ID of an object in full. */
export const FULL_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

/** Control characters, space, the special characters of revisions and patterns, and lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern has to find control characters
const FORBIDDEN_CHARACTER = /[\x00-\x20\x7f~^:?*[\\\p{Surrogate}]/u

const isValidComponent = (part: string) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock')

/** The rules of `git check-ref-format` for a full name such as `refs/heads/main`. */
export function isValidRefName(name: string): boolean {
  if (!name.startsWith('refs/') || name.endsWith('.')) return false
  if (FORBIDDEN_CHARACTER.test(name) || name.includes('..') || name.includes('@{')) return false
  return name.split('/').every(isValidComponent)
}

/** Git stores a ref as a file, and its lock as a file with `.lock` appended. */
const MAX_COMPONENT_BYTES = 250
export const MAX_REF_BYTES = 1024

export const fitsIntoFiles = (name: string) =>
  Buffer.byteLength(name) <= MAX_REF_BYTES &&
  name.split('/').every((part) => Buffer.byteLength(part) <= MAX_COMPONENT_BYTES)

/** Whether `git tag` would accept the name for a new tag. */
export function isValidTagName(name: string): boolean {
  return name !== 'HEAD' && fitsIntoFiles(name) && !name.startsWith('-') && isValidRefName(`refs/tags/${name}`)
}
