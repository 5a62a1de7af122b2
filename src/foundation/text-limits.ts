// The longest texts that the server accepts, in characters. GraphQL's arguments, REST's parameters and the use cases use these
// limits, and a test compares them with the columns. A longer text stays if it was stored before there was a limit.

/** Texts that are stored. The use case refuses a text that is too long, together with its other rules. */
const stored = {
  /** Names and titles of everything except releases. */
  name: 255,
  /** As long as a tag, because the tag is the default name. */
  releaseName: 1024,
  description: 1_000_000,
  tagMessage: 1_000_000,
  url: 8192,
  avatarUrl: 2048,
  /** The path in the permanent URL of a link. */
  filepath: 128,
  /** One segment of a full path. */
  path: 255,
  cron: 255,
  timeZone: 255,
  /** Makes the body of a webhook's delivery. */
  template: 4096,
  branchFilter: 255,
  webhookToken: 2048,
  signingToken: 255,
  /** The value of a header or of a variable in the URL of a webhook. */
  secretValue: 2048,
  webhookDescription: 2048,
  userAgent: 255,
} as const

/** Texts by which something is looked up. A text that is too long is refused before that. */
const sought = {
  tag: 1024,
  fullPath: 1024,
  /** Any name of a commit. As long as a path of the file system, because refs are files. */
  ref: 4096,
  username: 255,
  /** The title of a milestone. */
  milestone: 255,
  search: 1024,
  /** The token for the source of an import. */
  sourceToken: 1024,
  /** The name of an order. */
  sort: 255,
  /** A number, written as text. */
  number: 10,
  clientMutationId: 1024,
  /** A text that is shown and not stored. A longer one would not be rendered. */
  markdown: 100_000,
} as const

/** Texts that have a form. The code that parses them refuses long ones. */
const formed = {
  globalId: 255,
  /** The longest cursor that the server makes holds a title of 255 characters and is shorter. */
  cursor: 4096,
} as const

export const maxCharacters = { ...stored, ...sought, ...formed }

export type TextName = keyof typeof maxCharacters

export const isStored = (name: TextName): boolean => name in stored
export const isFormed = (name: TextName): boolean => name in formed

/** Counts characters as PostgreSQL does: an emoji is one character, but two UTF-16 units in JavaScript. */
function isLongerThan(max: number, text: string): boolean {
  if (text.length <= max) return false
  if (text.length > 2 * max) return true
  let characters = 0
  for (const _character of text) characters += 1
  return characters > max
}

/** The end of a sentence that begins with the text's name; null when the text fits. */
export const lengthProblem = (max: number, text: string): string | null =>
  isLongerThan(max, text) ? `is too long (maximum is ${max} characters)` : null
