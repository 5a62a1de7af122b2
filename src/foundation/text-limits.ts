/** How long texts may be that come from outside. What is stored longer, from before there was a limit, stays. */
export const maxCharacters = {
  /** Of everything but releases; titles, too. */
  name: 255,
  /** A tag is its default, and may be as long. */
  releaseName: 1024,
  tag: 1024,
  description: 1_000_000,
  tagMessage: 1_000_000,
  url: 8192,
  avatarUrl: 2048,
  /** Of the permanent URL of a link. */
  filepath: 128,
  /** One segment of a full path. */
  path: 255,
  fullPath: 1024,
  /** Any way to name a commit: as long as a path of the file system. */
  ref: 4096,
  cron: 255,
  timeZone: 255,
  search: 1024,
  /** A number, written as text. */
  number: 10,
  globalId: 255,
  clientMutationId: 1024,
  /** Above the longest that we make, of a title of 255 characters. */
  cursor: 4096,
} as const

/** As PostgreSQL counts: an emoji is one character, and two of JavaScript's. */
function isLongerThan(max: number, text: string): boolean {
  if (text.length <= max) return false
  if (text.length > 2 * max) return true
  let characters = 0
  for (const _character of text) characters += 1
  return characters > max
}

/** What is wrong with a text, in words that follow its name; null when it fits. */
export const lengthProblem = (max: number, text: string): string | null =>
  isLongerThan(max, text) ? `is too long (maximum is ${max} characters)` : null
