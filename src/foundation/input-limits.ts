// Limits that every input has to keep, whatever its meaning.
import { invalid } from './errors.ts'

/** More items than people and scripts list at once, and fewer than would occupy the server for seconds. */
const MAX_ITEMS = 1000

/** Refuses half of a surrogate pair, because UTF-8 and so the database cannot hold it and would return another character. */
export function assertWhole(text: string, path: string): void {
  if (!text.isWellFormed()) throw invalid(`"${path}" holds half of a character: it must be Unicode text`)
}

/** Throws when a list in the input is too long or a text in it is not well-formed Unicode. */
export function assertWithinLimits(input: object, path = ''): void {
  for (const [name, value] of Object.entries(input)) assertValue(value, `${path}${name}`)
}

function assertValue(value: unknown, path: string): void {
  if (typeof value === 'string') assertWhole(value, path)
  if (Array.isArray(value) && value.length > MAX_ITEMS) {
    throw invalid(`"${path}" has ${value.length} items: a list may have at most ${MAX_ITEMS}`)
  }
  if (typeof value === 'object' && value !== null) assertWithinLimits(value, `${path}.`)
}
